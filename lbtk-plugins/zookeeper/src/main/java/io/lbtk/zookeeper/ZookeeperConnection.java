package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an ensemble that reconnects automatically, with a new session if the last one has
 * expired. Thread-safe.
 */
final class ZookeeperConnection implements AutoCloseable {

  private final Ensemble ensemble;
  private final CuratorFramework client;
  private boolean open;
  private boolean connected;
  private boolean closed;

  /** The client that was authenticated last, with {@link #sent}. */
  private @Nullable ZooKeeper authenticated;

  private @Nullable Credentials sent;

  /**
   * Creates a connection that is not open yet.
   *
   * @param session the timeout of the session
   */
  ZookeeperConnection(Ensemble ensemble, Duration session) {
    this.ensemble = ensemble;
    this.client = ensemble.newClient(session);
  }

  /**
   * Starts to connect; does not block.
   *
   * @param changed run on any thread when the connection is lost or restored
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
              // In this order, so that a waiting thread knows that the connection has changed.
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
   * Waits for a connection, and sends the credentials if they have changed. A session keeps the
   * rights of earlier credentials, too.
   *
   * @return the client of the session; another one after it has expired
   * @throws TimeoutException if there is no connection in time; the message names the ensemble
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
    // The client repeats them when it connects to another server.
    if (zookeeper != authenticated || !now.equals(sent)) {
      zookeeper.addAuthInfo("digest", now.digest().getBytes(UTF_8));
      authenticated = zookeeper;
      sent = now;
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

  /** Closes the connection on a separate thread, without waiting. */
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
    // Closing waits for the servers until the timeout.
    Thread closing = new Thread(client::close, ensemble + " closes");
    closing.setDaemon(true);
    closing.start();
  }
}
