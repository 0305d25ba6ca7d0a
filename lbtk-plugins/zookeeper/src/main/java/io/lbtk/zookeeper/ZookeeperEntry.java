package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.core.register.RenewingRegistrar;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.curator.utils.ZKPaths;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * An ephemeral child of a node: its name is the target's {@code host:port}, its data the target as
 * a text. It stands as long as the session does.
 *
 * <p>One of the same name that stands there already is of an older life of the same service, and is
 * replaced, once in a session: where two keep the same entry, the one that came later does, rather
 * than each in turn.
 */
final class ZookeeperEntry implements RenewingRegistrar.Entry {

  private static final int ANY_VERSION = -1;
  private static final byte[] NO_DATA = {};

  private final Ensemble ensemble;
  private final String parent;
  private final ZookeeperConnection connection;
  private Watcher lost = event -> {};

  /** Where this has written; null if nowhere. */
  private @Nullable String written;

  /** In which session it has. */
  private long session;

  /**
   * Does not connect yet.
   *
   * @param parent the path of the node
   * @param ttl the timeout of the session
   */
  ZookeeperEntry(Ensemble ensemble, String parent, Duration ttl) {
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
    // A watch tells once; this one takes the place of itself where it has told nothing yet.
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

  /** No containers, which the servers remove once they are empty: to be empty is a statement. */
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

  /** Only if it is this one's: somebody else may have replaced it. */
  private static void delete(ZooKeeper zookeeper, String path)
      throws KeeperException, InterruptedException {
    Stat stat = zookeeper.exists(path, false);
    if (stat != null && stat.getEphemeralOwner() == zookeeper.getSessionId()) {
      try {
        zookeeper.delete(path, ANY_VERSION);
      } catch (KeeperException.NoNodeException e) {
        // It is gone, which is what was wanted.
      }
    }
  }

  private IOException failure(String path, KeeperException cause) {
    String message =
        switch (cause.code()) {
          case NODEEXISTS ->
              ensemble.at(path) + ": kept by another session (expected: one registrar of a target)";
          case NONODE -> ensemble.at(path) + ": no root for it, or it was removed just now";
          default -> ensemble.problem(path, cause);
        };
    return new IOException(message, cause);
  }

  @Override
  public void close() {
    connection.close();
  }
}
