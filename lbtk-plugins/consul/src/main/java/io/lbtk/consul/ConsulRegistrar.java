package io.lbtk.consul;

import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.core.tls.Authorities;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.HttpOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Registers an instance of a service at an agent of Consul, and keeps its check passing.
 *
 * <pre>{@code
 * try (Registrar registrar =
 *     ConsulRegistrar.builder(URI.create("http://127.0.0.1:8500"), "web").build()) {
 *   registrar.register(Target.parse("10.0.0.1:80 weight=3")).join();
 *   …
 * }
 * }</pre>
 *
 * <p>The ID of the instance is {@code SERVICE-HOST-PORT}. Its check has a time to live, within
 * which it is passed three times. Without that it becomes critical, and the agent removes the
 * instance a minute later, the shortest time that Consul supports. The weight goes into Weights,
 * attributes into Meta, whose names may only have letters, digits, dashes and underscores.
 *
 * @see <a href="https://developer.hashicorp.com/consul/api-docs/agent/service">the API</a>
 */
public final class ConsulRegistrar {

  private ConsulRegistrar() {}

  /**
   * Returns a builder.
   *
   * @param agent the URL of the agent on the machine of the service
   * @param service the name of the service
   * @throws IllegalArgumentException if the URL is not one of http or https, lacks a host or
   *     contains a user, or if {@code service} is blank
   */
  public static Builder builder(URI agent, String service) {
    return new Builder(agent, service);
  }

  /** Builds a registrar for one service. */
  public static final class Builder extends RenewingRegistrar.Builder<Builder> {

    private final URI agent;
    private final String service;
    private final HttpCalls.Builder calls = HttpCalls.builder();
    private List<String> tags = List.of();
    private Duration timeout = HttpOptions.TIMEOUT.defaultValue().orElseThrow();

    private Builder(URI agent, String service) {
      super("consul");
      if (!HttpCalls.isUrl(agent)) {
        throw new IllegalArgumentException(
            "%s (expected: http://host:port or https://host:port, without a user)"
                .formatted(HttpCalls.shown(agent)));
      }
      this.agent = agent;
      this.service = ConsulOptions.service(service);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the tags of the instance; none by default. */
    public Builder tags(List<String> tags) {
      this.tags = List.copyOf(tags);
      return this;
    }

    /**
     * Sets the ACL token, sent in the header {@code X-Consul-Token}.
     *
     * @throws IllegalArgumentException if the token cannot be the value of a header; the message
     *     does not repeat it
     */
    public Builder token(String token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Sets an ACL token that may change.
     *
     * @param token called for each request
     * @throws IllegalArgumentException if the current token cannot be the value of a header; the
     *     message does not repeat it
     */
    public Builder token(Supplier<String> token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Adds a header to every request.
     *
     * @throws IllegalArgumentException if name or value are not valid in a header
     */
    public Builder header(String name, String value) {
      return header(name, () -> value);
    }

    /**
     * Adds a header, whose value may change, to every request.
     *
     * @param value called for each request
     * @throws IllegalArgumentException if the name or the current value are not valid in a header
     */
    public Builder header(String name, Supplier<String> value) {
      calls.header(name, value);
      return this;
    }

    /**
     * Sets the time for each response; 10 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * Sets the trusted authorities, instead of those of the JDK.
     *
     * @param pem the file of certificates, read now and again for each handshake
     * @throws SettingsException if the file cannot be read or holds no certificate; the message
     *     names it
     */
    public Builder authorities(Path pem) {
      calls.authorities(Authorities.of(pem));
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      return new ConsulEntry(
          agent, calls.build(), timeout, new ServiceDefinition(service, tags, ttl()));
    }
  }
}
