package io.lbtk.ganglia;

import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Targets that a gmond or gmetad of Ganglia knows: each host that it heard of lately, with a port
 * that is the same for all, or that the host tells by a metric {@code lbtk_port}.
 *
 * <pre>{@code
 * Refresher refresher =
 *     GangliaRefresher.builder("10.0.0.1", 8649).port(80).metric(GangliaMetric.LOAD).build();
 * }</pre>
 *
 * <p>The host of a target is its address; its name, if it has another, is the attribute {@code
 * name}. A host counts as long as less than four times the time has passed within which it would be
 * heard, as gmetad does it (80 seconds, if nobody has changed that). An answer without any such
 * host is a failure: a gmond that was started just now has not heard of one, nor has one that no
 * packet reaches any more, or a gmetad that cannot reach its gmond. So is an answer that is
 * malformed, too large or not whole. So there is never an empty set of targets.
 *
 * <p>The format is that of gmond and gmetad 3.7, on the ports 8649 (gmond) and 8651 (gmetad, its
 * {@code xml_port}). A gmetad that has other gmetads for sources knows no more than sums of the
 * hosts of those; and of a gmond that it has lost it goes on to list the hosts, which fall silent.
 * Give it a {@code cluster}, so that this is seen as a failure.
 */
public final class GangliaRefresher {

  private GangliaRefresher() {}

  /**
   * Returns a builder.
   *
   * @param host name or address of a gmond or gmetad
   * @param port where it answers with XML, 1 to 65535
   * @throws IllegalArgumentException if the port is out of its range
   */
  public static Builder builder(String host, int port) {
    return new Builder(InetSocketAddress.createUnresolved(host, port));
  }

  /** Makes a refresher of hosts. */
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

    /** Takes the hosts of this cluster only; those of all by default. */
    public Builder cluster(String cluster) {
      this.cluster = Objects.requireNonNull(cluster, "cluster");
      return this;
    }

    /**
     * The port of each host that does not tell one by the metric {@code lbtk_port}. By default such
     * a host is no target.
     *
     * @throws IllegalArgumentException if it is not 1 to 65535
     */
    public Builder port(int port) {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port %d (expected: 1 to 65535)".formatted(port));
      }
      this.port = OptionalInt.of(port);
      return this;
    }

    /** What becomes the weight; nothing by default, so that all have the weight 1. */
    public Builder metric(GangliaMetric metric) {
      this.metric = Objects.requireNonNull(metric, "metric");
      return this;
    }

    /**
     * How long one read may take, from the connect to the end of the answer; 10 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * An answer with more bytes is not read; 64 MiB by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
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
