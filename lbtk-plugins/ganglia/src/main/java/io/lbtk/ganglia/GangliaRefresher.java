package io.lbtk.ganglia;

import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Discovers targets from a gmond or gmetad of Ganglia: each host with a recent report, with a
 * common port, or with the port of its metric {@code lbtk_port}.
 *
 * <pre>{@code
 * Refresher refresher =
 *     GangliaRefresher.builder("10.0.0.1", 8649).port(80).metric(GangliaMetric.LOAD).build();
 * }</pre>
 *
 * <p>The host of a target is its address; its name, if different, is the attribute {@code name}. A
 * host is dropped after four missed reports, as in gmetad (80 seconds by default). An answer
 * without a live host is a failure: a gmond that has just started or is cut off knows none, and
 * neither does a gmetad that cannot reach its gmond. A malformed, truncated or oversized answer is
 * a failure, too. The set of targets is never empty.
 *
 * <p>The format is that of gmond and gmetad 3.7, on the ports 8649 (gmond) and 8651 (the {@code
 * xml_port} of gmetad). A gmetad has only sums of the hosts of other gmetads. It continues to list
 * the hosts of a gmond that it has lost, without new reports; set a {@code cluster} so that this
 * becomes a failure.
 */
public final class GangliaRefresher {

  private GangliaRefresher() {}

  /**
   * Returns a builder.
   *
   * @param host the name or address of a gmond or gmetad
   * @param port its port for XML, 1 to 65535
   * @throws IllegalArgumentException if the port is out of range
   */
  public static Builder builder(String host, int port) {
    return new Builder(InetSocketAddress.createUnresolved(host, port));
  }

  /** Builds a refresher for the hosts of one server. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final InetSocketAddress address;
    private @Nullable String cluster;
    private OptionalInt port = OptionalInt.empty();
    private GangliaMetric metric = GangliaRefresherProvider.METRIC.defaultValue().orElseThrow();
    private Duration timeout = GangliaRefresherProvider.TIMEOUT.defaultValue().orElseThrow();
    private long maxSize = GangliaRefresherProvider.MAX_SIZE.defaultValue().orElseThrow();

    private Builder(InetSocketAddress address) {
      super("ganglia");
      this.address = address;
      interval(GangliaRefresherProvider.INTERVAL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Restricts the hosts to one cluster; those of all clusters by default. */
    public Builder cluster(String cluster) {
      this.cluster = Objects.requireNonNull(cluster, "cluster");
      return this;
    }

    /**
     * Sets the port of hosts without the metric {@code lbtk_port}. By default such hosts are
     * skipped.
     *
     * @throws IllegalArgumentException if {@code port} is not 1 to 65535
     */
    public Builder port(int port) {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port %d (expected: 1 to 65535)".formatted(port));
      }
      this.port = OptionalInt.of(port);
      return this;
    }

    /** Sets the source of the weights; none by default, so that all weights are 1. */
    public Builder metric(GangliaMetric metric) {
      this.metric = Objects.requireNonNull(metric, "metric");
      return this;
    }

    /**
     * Sets the time for one read, from the connect to the end of the answer; 10 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * Sets the largest size of an answer; 64 MiB by default.
     *
     * @throws IllegalArgumentException if {@code bytes} is not positive
     */
    public Builder maxSize(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("max-size %d (expected: more than 0)".formatted(bytes));
      }
      this.maxSize = bytes;
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      String server = Target.of(address.getHostString(), address.getPort()).hostPort();
      return new GangliaSource(
          server,
          address,
          cluster,
          timeout,
          maxSize,
          new HostTargets(name(), server, port, metric));
    }
  }
}
