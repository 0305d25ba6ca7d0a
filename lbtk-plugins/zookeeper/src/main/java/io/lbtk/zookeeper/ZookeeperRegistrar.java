package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.core.register.RenewingRegistrar;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.curator.utils.ZKPaths;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Registers a target below a node in ZooKeeper: as an ephemeral child whose name is {@code
 * host:port} and whose data is the target as text. {@link ZookeeperRefresher} reads either of them.
 *
 * <pre>{@code
 * Registrar registrar = ZookeeperRegistrar.builder("zk1:2181,zk2:2181", "/services/web").build();
 * registrar.register(Target.parse("10.0.0.1:8080 weight=2"));
 * }</pre>
 *
 * <p>A missing node is created. The entry is removed with the session: on {@code close}, or, if the
 * process is killed, after the time to live. An existing child of the same name is replaced; if two
 * registrars keep the same entry, the later one wins.
 */
public final class ZookeeperRegistrar {

  private ZookeeperRegistrar() {}

  /**
   * Returns a builder for an entry below a node.
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

  /** Builds a registrar for one node. */
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
     * Sets user and password for digest authentication. The entry can then be read by everybody and
     * changed only by this user.
     */
    public Builder credentials(String user, String password) {
      return credentials(user, () -> password);
    }

    /**
     * Sets a user, and a password that may change, for digest authentication.
     *
     * @param password called for each write; a new password is sent to the servers at once
     */
    public Builder credentials(String user, Supplier<String> password) {
      return credentials(() -> new Credentials(user, password.get()));
    }

    Builder credentials(Supplier<Credentials> credentials) {
      ensemble = ensemble.withCredentials(credentials);
      return this;
    }

    /**
     * Sets the time for which a write waits for a connection; 5 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      ensemble = ensemble.withTimeout(positive("timeout", timeout));
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      return new EphemeralEntry(ensemble, path, ttl());
    }
  }

  /**
   * An ephemeral child of a node, whose name is the {@code host:port} of the target, and whose data
   * is the target as text. It exists as long as the session.
   *
   * <p>An existing child of the same name is assumed to be from an earlier run of the same service.
   * It is replaced once per session, so that of two registrars of the same entry the later one
   * wins, and they do not replace each other in turn.
   */
  private static final class EphemeralEntry implements RenewingRegistrar.Entry {

    private static final int ANY_VERSION = -1;
    private static final byte[] NO_DATA = {};

    private final Ensemble ensemble;
    private final String parent;
    private final ZookeeperConnection connection;
    private Watcher lost = event -> {};

    /** The path of the written child; null if there is none. */
    private @Nullable String written;

    /** The session in which the child was written. */
    private long session;

    /**
     * Creates an entry that is not connected yet.
     *
     * @param parent the path of the node
     * @param ttl the timeout of the session
     */
    EphemeralEntry(Ensemble ensemble, String parent, Duration ttl) {
      this.ensemble = ensemble;
      this.parent = parent;
      this.connection = new ZookeeperConnection(ensemble, ttl);
    }

    @Override
    public String place() {
      return ensemble.at(parent);
    }

    @Override
    public void watch(Runnable lost) {
      this.lost =
          event -> {
            if (event.getType() == Watcher.Event.EventType.NodeDeleted) {
              lost.run();
            }
          };
      connection.open(lost);
    }

    @Override
    public void keep(Target target) throws Exception {
      String path = ZKPaths.makePath(parent, target.hostPort());
      try {
        ZooKeeper zookeeper = connection.await();
        if (written != null && !written.equals(path)) {
          delete(zookeeper, written);
        }
        write(zookeeper, path, target.toString().getBytes(UTF_8));
      } catch (KeeperException e) {
        throw failure(path, e);
      }
    }

    private void write(ZooKeeper zookeeper, String path, byte[] data)
        throws KeeperException, InterruptedException {
      Stat stat = new Stat();
      byte[] found = read(zookeeper, path, stat);
      if (found == null) {
        create(zookeeper, path, data);
      } else if (stat.getEphemeralOwner() != zookeeper.getSessionId()) {
        replace(zookeeper, path, data, stat);
      } else if (!Arrays.equals(found, data)) {
        zookeeper.setData(path, data, stat.getVersion());
      }
      // A watch fires once; setting the same watcher again has no effect if it has not fired.
      if (zookeeper.exists(path, lost) == null) {
        throw new KeeperException.NoNodeException(path);
      }
      written = path;
      session = zookeeper.getSessionId();
    }

    private static byte @Nullable [] read(ZooKeeper zookeeper, String path, Stat stat)
        throws KeeperException, InterruptedException {
      try {
        return zookeeper.getData(path, false, stat);
      } catch (KeeperException.NoNodeException e) {
        return null;
      }
    }

    private void create(ZooKeeper zookeeper, String path, byte[] data)
        throws KeeperException, InterruptedException {
      try {
        zookeeper.create(path, data, ensemble.acl(), CreateMode.EPHEMERAL);
      } catch (KeeperException.NoNodeException e) {
        createParents(zookeeper);
        zookeeper.create(path, data, ensemble.acl(), CreateMode.EPHEMERAL);
      }
    }

    /** Creates missing parents; not as containers, which are removed when they become empty. */
    private void createParents(ZooKeeper zookeeper) throws KeeperException, InterruptedException {
      int end;
      int from = 1;
      do {
        end = parent.indexOf('/', from);
        String path = end < 0 ? parent : parent.substring(0, end);
        if (zookeeper.exists(path, false) == null) {
          createNode(zookeeper, path);
        }
        from = end + 1;
      } while (end >= 0);
    }

    private void createNode(ZooKeeper zookeeper, String path)
        throws KeeperException, InterruptedException {
      try {
        zookeeper.create(path, NO_DATA, ensemble.acl(), CreateMode.PERSISTENT);
      } catch (KeeperException.NodeExistsException e) {
        // Another registrar was first.
      }
    }

    private void replace(ZooKeeper zookeeper, String path, byte[] data, Stat stat)
        throws KeeperException, InterruptedException {
      if (path.equals(written) && session == zookeeper.getSessionId()) {
        throw new KeeperException.NodeExistsException(path);
      }
      zookeeper.multi(
          List.of(
              Op.delete(path, stat.getVersion()),
              Op.create(path, data, ensemble.acl(), CreateMode.EPHEMERAL)));
    }

    @Override
    public void remove() throws Exception {
      if (written == null) {
        return;
      }
      String path = written;
      try {
        delete(connection.await(), path);
        written = null;
      } catch (KeeperException e) {
        throw failure(path, e);
      }
    }

    /** Deletes the child if it belongs to this session, and was not replaced by another one. */
    private static void delete(ZooKeeper zookeeper, String path)
        throws KeeperException, InterruptedException {
      Stat stat = zookeeper.exists(path, false);
      if (stat != null && stat.getEphemeralOwner() == zookeeper.getSessionId()) {
        try {
          zookeeper.delete(path, ANY_VERSION);
        } catch (KeeperException.NoNodeException e) {
          // It is gone already.
        }
      }
    }

    private IOException failure(String path, KeeperException cause) {
      String message =
          switch (cause.code()) {
            case NODEEXISTS ->
                ensemble.at(path)
                    + ": kept by another session (expected: one registrar of a target)";
            case NONODE ->
                ensemble.at(path)
                    + ": the root path does not exist, or the node has just been removed";
            default -> ensemble.problem(path, cause);
          };
      return new IOException(message, cause);
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
