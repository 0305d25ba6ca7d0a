package io.lbtk.benchmarks.directories;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** Writes children of a node of ZooKeeper. */
final class ZookeeperWriter implements EntryWriter {

  private static final int SESSION_MILLIS = 30_000;
  private static final byte[] NO_DATA = {};

  private final StepsUnderWay steps = new StepsUnderWay();
  private final ZooKeeper zookeeper;
  private final String path;
  private final boolean data;

  /**
   * Connects, and makes the node where there is none.
   *
   * @param data whether children have the target as data, too
   */
  ZookeeperWriter(String connect, String path, boolean data) throws Exception {
    this.path = path;
    this.data = data;
    CountDownLatch connected = new CountDownLatch(1);
    this.zookeeper =
        new ZooKeeper(
            connect,
            SESSION_MILLIS,
            event -> {
              if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    connected.await();
    if (zookeeper.exists(path, false) == null) {
      zookeeper.create(path, NO_DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
  }

  @Override
  public int step() {
    return 1000;
  }

  @Override
  public void write(List<Target> targets) throws InterruptedException {
    steps.begin();
    zookeeper.multi(
        targets.stream().map(this::create).toList(),
        (code, at, context, results) -> {
          if (code == KeeperException.Code.OK.intValue()) {
            steps.end();
          } else {
            steps.fail(KeeperException.create(KeeperException.Code.get(code), path));
          }
        },
        null);
  }

  private Op create(Target target) {
    return Op.create(
        path + "/" + target.hostPort(),
        data ? target.toString().getBytes(UTF_8) : NO_DATA,
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.PERSISTENT);
  }

  @Override
  public void await() throws InterruptedException {
    steps.await();
  }

  @Override
  public void close() {
    try {
      zookeeper.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
