package io.lbtk.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.http.UrlBuilder;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonReading;
import io.lbtk.discovery.json.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Discovers the instances of a service in Consul whose checks pass.
 *
 * <pre>{@code
 * Refresher refresher =
 *     ConsulRefresher.builder(URI.create("http://127.0.0.1:8500"), "web").build();
 * }</pre>
 *
 * <p>A blocking query waits at the agent, so that changes are seen at once. In addition the agent
 * is queried once per interval, by default every 10 seconds, which reveals an agent that is silent
 * for good. A target has the address of the service, or else of its node; the weight of the service
 * in its current state; and the Meta of the service as attributes, except for {@code lbtk-weight}
 * and {@code lbtk-priority}, which set weight and priority.
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
   * @throws IllegalArgumentException if the URL is not one of http or https, lacks a host or
   *     contains a user, or if {@code service} is blank
   */
  public static Builder builder(URI agent, String service) {
    return new Builder(agent, service);
  }

  /** Builds a refresher for one service. */
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

    /** Restricts the instances to those with a tag. */
    public Builder tag(String tag) {
      this.tag = Objects.requireNonNull(tag, "tag");
      return this;
    }

    /** Sets the data center of the instances, instead of that of the agent. */
    public Builder datacenter(String datacenter) {
      this.datacenter = Objects.requireNonNull(datacenter, "datacenter");
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
     * Sets whether a warning excludes an instance; true by default. If false, an instance with a
     * warning has the weight that Consul has for that state. A critical check always excludes an
     * instance.
     */
    public Builder passing(boolean passing) {
      this.passing = passing;
      return this;
    }

    /**
     * Sets the time for which a query waits at the agent for a change; 60 seconds by default.
     *
     * @throws IllegalArgumentException if {@code wait} is not 1 second to 10 minutes
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

  /** Reads the list of instances of {@code /v1/health/service}, one at a time. */
  private static final class InstanceList implements DocumentReader {

    /** A fixed order, so that equal lists are equal whatever their order in the response. */
    private static final Comparator<Target> ORDER =
        Comparator.comparingInt(Target::priority).thenComparing(Target::hostPort);

    private final String source;
    private final BadEntries bad;

    /**
     * Creates a reader.
     *
     * @param name the name of the refresher, for the log
     * @param source the URL, for the log and for failures
     */
    InstanceList(String name, String source) {
      this.source = source;
      this.bad = new BadEntries(name + ": " + source);
    }

    @Override
    public Refresh read(byte[] document) {
      JsonReading<List<Target>> list = this::targets;
      try {
        List<Target> targets = list.from(document);
        targets.sort(ORDER);
        return bad.result(source, targets);
      } catch (JsonException e) {
        return Refresh.failure(source + ": " + e.getMessage());
      }
    }

    private List<Target> targets(JsonParser parser) throws IOException, JsonException {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw JsonException.unexpected(parser, "an array of instances");
      }
      List<Target> targets = new ArrayList<>();
      bad.begin();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        Instance instance = new Instance(JsonTree.read(parser));
        try {
          instance.target().ifPresent(targets::add);
        } catch (IllegalArgumentException e) {
          bad.addNamed(instance.place(), instance.address(), String.valueOf(e.getMessage()));
        }
      }
      bad.end();
      return targets;
    }
  }
}
