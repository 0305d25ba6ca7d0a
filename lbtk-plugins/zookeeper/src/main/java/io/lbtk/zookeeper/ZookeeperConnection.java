package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an ensemble, which comes back by itself, with a new session where the last has
 * expired. Thread-safe.
 */
final class ZookeeperConnection implements AutoCloseable {

  private final Ensemble ensemble;
  private final CuratorFramework client;
  private boolean open;
  private boolean connected;
  private boolean closed;

  /** The client that was authenticated last, and as whom. */
  private @Nullable ZooKeeper authenticated;

  private @Nullable Credentials shown;

  /**
   * Does not connect yet.
   *
   * @param session how long the servers remember it when they do not hear of it
   */
  ZookeeperConnection(Ensemble ensemble, Duration session) {
    this.ensemble = ensemble;
    this.client = ensemble.newClient(session);
  }

  /**
   * Begins to connect; waits for nothing.
   *
   * @param changed to be run when the connection was lost and when it is back, from any thread
   */
  synchronized void open(Runnable changed) {
    if (closed) {
      return;
    }
    open = true;
    client
        .getConnectionStateListenable()
        .addListener(
            (unused, state) -> {
              // In this order: who awaits the connection knows by then that it is another.
              changed.run();
              setConnected(state.isConnected());
            });
    client.start();
  }

  private synchronized void setConnected(boolean is) {
    connected = is;
    notifyAll();
  }

  /**
   * Waits until there is a connection, and shows the credentials there, if they are others than
   * before. A session goes on to have the rights of those that were shown first, too.
   *
   * @return of its session; another after that has expired
   * @throws TimeoutException if there is none in time; the message says where
   */
  ZooKeeper await() throws TimeoutException, InterruptedException {
    awaitConnected();
    try {
      ZooKeeper zookeeper = client.getZookeeperClient().getZooKeeper();
      ensemble.credentials().ifPresent(current -> authenticate(zookeeper, current.get()));
      return zookeeper;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      TimeoutException lost = new TimeoutException(ensemble + ": " + e.getMessage());
      lost.initCause(e);
      throw lost;
    }
  }

  private synchronized void authenticate(ZooKeeper zookeeper, Credentials now) {
    // The client itself shows them again wherever it connects to another server.
    if (zookeeper != authenticated || !now.equals(shown)) {
      zookeeper.addAuthInfo("digest", now.digest().getBytes(UTF_8));
      authenticated = zookeeper;
      shown = now;
    }
  }

  private synchronized void awaitConnected() throws TimeoutException, InterruptedException {
    long end = System.nanoTime() + ensemble.timeout().toNanos();
    while (!connected && !closed) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException(
            "%s: no connection within %d ms".formatted(ensemble, ensemble.timeout().toMillis()));
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    if (closed) {
      throw new TimeoutException(ensemble + ": closed");
    }
  }

  /** Ends it soon, on a thread of its own. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
      if (!open) {
        return;
      }
    }
    // The servers are told, and waited for, as long as they may be silent.
    Thread closing = new Thread(client::close, ensemble + " closes");
    closing.setDaemon(true);
    closing.start();
  }
}
