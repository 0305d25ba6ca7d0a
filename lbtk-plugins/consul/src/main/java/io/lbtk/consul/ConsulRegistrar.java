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
 * Registers a service at an agent of Consul, and keeps its check passing.
 *
 * <pre>{@code
 * try (Registrar registrar =
 *     ConsulRegistrar.builder(URI.create("http://127.0.0.1:8500"), "web").build()) {
 *   registrar.register(Target.parse("10.0.0.1:80 weight=3")).join();
 *   …
 * }
 * }</pre>
 *
 * <p>The instance is {@code SERVICE-HOST-PORT}. It has a check with a time to live, which is passed
 * three times within that: it is critical as soon as nobody did so any more, and is forgotten by
 * the agent a minute later, the shortest time that Consul knows. Weights go into Weights,
 * attributes into Meta, where a name has letters, digits, dashes and underscores alone.
 *
 * @see <a href="https://developer.hashicorp.com/consul/api-docs/agent/service">the API</a>
 */
public final class ConsulRegistrar {

  private ConsulRegistrar() {}

  /**
   * Returns a builder.
   *
   * @param agent the URL of the agent that is on the machine of the service
   * @param service the name of the service
   * @throws IllegalArgumentException if the URL is none of http or https, has no host, or a user;
   *     or if the service has no name
   */
  public static Builder builder(URI agent, String service) {
    return new Builder(agent, service);
  }

  /** Makes a registrar of a service. */
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

    /** Tags of the instance; none by default. */
    public Builder tags(List<String> tags) {
      this.tags = List.copyOf(tags);
      return this;
    }

    /**
     * Says who registers, in the header {@code X-Consul-Token}.
     *
     * @throws IllegalArgumentException if it cannot be the value of a header; the message does not
     *     repeat it
     */
    public Builder token(String token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Says who registers, by a token that may change.
     *
     * @param token asked for with each request
     * @throws IllegalArgumentException if it cannot be the value of a header now; the message does
     *     not repeat it
     */
    public Builder token(Supplier<String> token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Sends a header with every request.
     *
     * @throws IllegalArgumentException if it cannot be one
     */
    public Builder header(String name, String value) {
      return header(name, () -> value);
    }

    /**
     * Sends a header with every request, whose value may change.
     *
     * @param value asked for with each request
     * @throws IllegalArgumentException if it cannot be one now
     */
    public Builder header(String name, Supplier<String> value) {
      calls.header(name, value);
      return this;
    }

    /**
     * How long an answer may take; 10 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * Trusts these authorities, rather than those of the JDK.
     *
     * @param pem a file of certificates, which is read now, and again for each handshake
     * @throws SettingsException if it cannot be read, or holds none; the message names the file
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
