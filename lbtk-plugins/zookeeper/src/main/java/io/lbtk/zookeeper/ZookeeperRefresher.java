package io.lbtk.zookeeper;

import io.lbtk.core.refresh.PolledRefresher;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Discovers targets in the children of a node in ZooKeeper.
 *
 * <pre>{@code
 * Refresher refresher =
 *     ZookeeperRefresher.builder("zk1:2181,zk2:2181,zk3:2181", "/services/web").build();
 * }</pre>
 *
 * <p>Each refresher has its own connection, and reads a child again when a watch reports a change.
 * If no server can be reached or the node does not exist, it reports a failure. A child that is not
 * a target is logged and skipped. ZooKeeper has to be 3.6 or newer.
 */
public final class ZookeeperRefresher {

  private ZookeeperRefresher() {}

  /**
   * Returns a builder for the children of a node.
   *
   * @param connect the servers, {@code host:port} separated by commas, optionally followed by a
   *     root path
   * @param path the path of the node
   * @throws IllegalArgumentException if {@code connect} or {@code path} is malformed
   */
  public static Builder builder(String connect, String path) {
    PathUtils.validatePath(path);
    return new Builder(Ensemble.of(connect), path);
  }

  /** Builds a refresher for one node. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final String path;
    private Ensemble ensemble;
    private ZookeeperFormat format = ZookeeperFormat.AUTO;
    private @Nullable String endpoint;

    private Builder(Ensemble ensemble, String path) {
      super("zookeeper");
      this.ensemble = ensemble;
      this.path = path;
      interval(ZookeeperRefresherProvider.INTERVAL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the format of the children; by default it is detected for each child. */
    public Builder format(ZookeeperFormat format) {
      this.format = format;
      return this;
    }

    /**
     * Sets the endpoint of entries with several ones: an additional endpoint of members of a
     * serverset, or a listener of Kafka brokers. The main one by default.
     */
    public Builder endpoint(String endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    /** Sets user and password for digest authentication. */
    public Builder credentials(String user, String password) {
      return credentials(user, () -> password);
    }

    /**
     * Sets a user, and a password that may change, for digest authentication.
     *
     * @param password called for each read; a new password is sent to the servers at once
     */
    public Builder credentials(String user, Supplier<String> password) {
      return credentials(() -> new Credentials(user, password.get()));
    }

    Builder credentials(Supplier<Credentials> credentials) {
      ensemble = ensemble.withCredentials(credentials);
      return this;
    }

    /**
     * Sets the time after which silent or unreachable servers are a failure; 5 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      ensemble = ensemble.withTimeout(positive("timeout", timeout));
      return this;
    }

    /**
     * Sets the largest size of an answer, in bytes; 64 MiB by default. The largest answer is the
     * list of the names of all children. The limit replaces {@code jute.maxbuffer} for this
     * refresher alone.
     *
     * @throws IllegalArgumentException if {@code bytes} is less than 1 MiB
     */
    public Builder maxSize(int bytes) {
      if (bytes < 1 << 20) {
        throw new IllegalArgumentException(
            "max-size %d (expected: 1 MiB or more)".formatted(bytes));
      }
      ensemble = ensemble.withMaxSize(bytes);
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      return new ZookeeperSource(name(), ensemble, path, format.entries(endpoint));
    }
  }
}
