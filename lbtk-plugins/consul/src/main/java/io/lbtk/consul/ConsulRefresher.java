package io.lbtk.consul;

import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.UrlBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Targets that Consul knows: the instances of a service whose checks pass.
 *
 * <pre>{@code
 * Refresher refresher =
 *     ConsulRefresher.builder(URI.create("http://127.0.0.1:8500"), "web").build();
 * }</pre>
 *
 * <p>A blocking query waits at the agent, so that a change is seen at once; and every 10 seconds,
 * or the interval that was set, it is asked as well, so that an agent that is silent for good is
 * noticed. A target has the address of the service, or else of its node; the weight that the
 * service has in its state; and the service's Meta as attributes, but for {@code lbtk-weight} and
 * {@code lbtk-priority}, which are weight and priority.
 *
 * @see <a href="https://developer.hashicorp.com/consul/api-docs/health">the API</a>
 */
public final class ConsulRefresher {

  private ConsulRefresher() {}

  /**
   * Returns a builder.
   *
   * @param agent the URL of an agent of Consul
   * @param service the name of the service
   * @throws IllegalArgumentException if the URL is none of http or https, has no host, or a user;
   *     or if the service has no name
   */
  public static Builder builder(URI agent, String service) {
    return new Builder(agent, service);
  }

  /** Makes a refresher of a service. */
  public static final class Builder extends UrlBuilder<Builder> {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final String service;
    private @Nullable String tag;
    private @Nullable String datacenter;
    private boolean passing = ConsulRefresherProvider.PASSING.defaultValue().orElseThrow();
    private Duration wait = ConsulRefresherProvider.WAIT.defaultValue().orElseThrow();

    private Builder(URI agent, String service) {
      super("consul", agent);
      this.service = ConsulOptions.service(service);
      interval(INTERVAL);
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Only instances with this tag. */
    public Builder tag(String tag) {
      this.tag = Objects.requireNonNull(tag, "tag");
      return this;
    }

    /** The instances of this data centre, rather than of the agent's own. */
    public Builder datacenter(String datacenter) {
      this.datacenter = Objects.requireNonNull(datacenter, "datacenter");
      return this;
    }

    /**
     * Says who asks, in the header {@code X-Consul-Token}.
     *
     * @throws IllegalArgumentException if it cannot be the value of a header; the message does not
     *     repeat it
     */
    public Builder token(String token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Says who asks, by a token that may change.
     *
     * @param token asked for with each request
     * @throws IllegalArgumentException if it cannot be the value of a header now; the message does
     *     not repeat it
     */
    public Builder token(Supplier<String> token) {
      return header(ConsulOptions.TOKEN_HEADER, token);
    }

    /**
     * Whether a warning keeps an instance out; true by default. If not, one with a warning has the
     * weight that Consul has for that state. A critical check always keeps it out.
     */
    public Builder passing(boolean passing) {
      this.passing = passing;
      return this;
    }

    /**
     * How long a question waits at the agent for a change; 60 seconds by default.
     *
     * @throws IllegalArgumentException if it is not 1 second to 10 minutes
     */
    public Builder waitTime(Duration wait) {
      if (!ConsulRefresherProvider.isWait(wait)) {
        throw new IllegalArgumentException("wait %s (expected: 1s to 10m)".formatted(wait));
      }
      this.wait = wait;
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      HealthQuery query = new HealthQuery(url(), service, tag, datacenter, passing);
      return new ConsulSource(
          query, calls(), wait, timeout(), new InstanceList(name(), query.toString()));
    }
  }
}
