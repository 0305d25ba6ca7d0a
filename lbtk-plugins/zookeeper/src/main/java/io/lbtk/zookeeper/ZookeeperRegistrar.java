package io.lbtk.zookeeper;

import io.lbtk.core.register.RenewingRegistrar;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.zookeeper.common.PathUtils;

/**
 * Keeps an entry below a node in ZooKeeper: an ephemeral child whose name is {@code host:port} and
 * whose data is the target as a text, so that {@link ZookeeperRefresher} reads it by either.
 *
 * <pre>{@code
 * Registrar registrar = ZookeeperRegistrar.builder("zk1:2181,zk2:2181", "/services/web").build();
 * registrar.register(Target.parse("10.0.0.1:8080 weight=2"));
 * }</pre>
 *
 * <p>The node is made if it is missing. The entry goes with the session: when it is closed, or
 * after the time to live when it was killed. A child of the same name that somebody else has made
 * is replaced; of two that keep the same entry the one that came later does.
 */
public final class ZookeeperRegistrar {

  private ZookeeperRegistrar() {}

  /**
   * A builder for an entry below a node.
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

  /** Makes a registrar. */
  public static final class Builder extends RenewingRegistrar.Builder<Builder> {

    private final String path;
    private Ensemble ensemble;

    private Builder(Ensemble ensemble, String path) {
      super("zookeeper");
      this.ensemble = ensemble;
      this.path = path;
      ttl(ZookeeperOptions.TTL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Authenticates by digest. What is written can then be read by all, and changed by this user
     * alone.
     */
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
     * How long an attempt to write waits for a connection; 5 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      ensemble = ensemble.withTimeout(positive("timeout", timeout));
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      return new ZookeeperEntry(ensemble, path, ttl());
    }
  }
}
