package io.lbtk.zookeeper;

import io.lbtk.core.refresh.PolledRefresher;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/**
 * Targets that are the children of a node in ZooKeeper.
 *
 * <pre>{@code
 * Refresher refresher =
 *     ZookeeperRefresher.builder("zk1:2181,zk2:2181,zk3:2181", "/services/web").build();
 * }</pre>
 *
 * <p>It has a connection of its own, and reads a child again when the servers tell that it has
 * changed. While none of them can be reached, and where the node does not exist, it fails; a child
 * that holds no target is named in the log and skipped. The servers must be 3.6 or newer.
 */
public final class ZookeeperRefresher {

  private ZookeeperRefresher() {}

  /**
   * A builder for the children of a node.
   *
   * @param connect the servers, {@code host:port} with commas; at the end perhaps a path that is
   *     the root
   * @param path of the node
   * @throws IllegalArgumentException if one of them is none
   */
  public static Builder builder(String connect, String path) {
    PathUtils.validatePath(path);
    return new Builder(Ensemble.of(connect), path);
  }

  /** Makes a refresher of a node. */
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

    /** How the children say where the targets are; by default each is looked at. */
    public Builder format(ZookeeperFormat format) {
      this.format = format;
      return this;
    }

    /**
     * Which endpoint counts where an entry has several: the name of an additional one of a
     * serverset's members, or of a listener of a Kafka broker. By default the main one.
     */
    public Builder endpoint(String endpoint) {
      this.endpoint = endpoint;
      return this;
    }

    /** Authenticates by digest. */
    public Builder credentials(String user, String password) {
      return credentials(user, () -> password);
    }

    /**
     * As {@link #credentials(String, String)}, with a password that may change.
     *
     * @param password asked for with each read or write; a new one is shown to the servers at once
     */
    public Builder credentials(String user, Supplier<String> password) {
      return credentials(() -> new Credentials(user, password.get()));
    }

    Builder credentials(Supplier<Credentials> credentials) {
      ensemble = ensemble.withCredentials(credentials);
      return this;
    }

    /**
     * How long the servers may be silent, or out of reach, before that is a failure; 5 seconds by
     * default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      ensemble = ensemble.withTimeout(positive("timeout", timeout));
      return this;
    }

    /**
     * The longest answer that is taken, in bytes, of which the longest lists the names of all
     * children; 64 MiB by default. It holds for this refresher alone, in place of {@code
     * jute.maxbuffer}.
     *
     * @throws IllegalArgumentException if it is less than 1 MiB
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
