package io.lbtk.testkit;

import static org.awaitility.Awaitility.await;

import io.lbtk.api.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real server on 127.0.0.1 to which a proxy under test connects. The test provides the handler of
 * its connections, each of which has a thread of its own:
 *
 * <pre>{@code
 * try (Backend backend = new Backend(socket -> socket.getOutputStream().write(1))) {
 *   tokens.give(backend.target());
 *   …
 * }
 * }</pre>
 *
 * <p>A connection is closed when its handler returns. For the most usual backends there are methods
 * here, and {@link EchoBackend}; for one that refuses there is {@link ClosedPort}. Thread-safe.
 */
public class Backend implements AutoCloseable {

  /** Handles one connection of a backend. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Serves one connection, which is closed afterwards.
     *
     * @throws IOException if the connection breaks: it is closed, and the failure is ignored
     */
    void serve(Socket socket) throws IOException;
  }

  private static final int BACKLOG = 1024;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Handler handler;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool(Backend::daemon);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicReference<@Nullable AssertionError> wrong = new AtomicReference<>();

  /** Creates a backend with this handler on a free port. */
  public Backend(Handler handler) {
    this(handler, 0);
  }

  /**
   * Creates a backend with this handler and receive buffer, so that it accepts few unread bytes.
   *
   * @param receiveBuffer the size in bytes, or 0 for the default of the system
   */
  public Backend(Handler handler, int receiveBuffer) {
    this.handler = handler;
    try {
      listener = new ServerSocket();
      if (receiveBuffer > 0) {
        listener.setReceiveBufferSize(receiveBuffer);
      }
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "backend");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns a backend that accepts, and never reads or writes a byte. */
  public static Backend silent() {
    return new Backend(Backend::waitForEver, 64 * 1024);
  }

  /** Returns a backend that resets each connection as soon as it has read a byte. */
  public static Backend resetting() {
    return new Backend(
        socket -> {
          if (socket.getInputStream().read() >= 0) {
            reset(socket);
          }
        });
  }

  /**
   * Returns a backend that sends this many bytes of a pattern at once, without reading, and closes.
   */
  public static Backend sending(Pattern pattern, long length) {
    return new Backend(
        socket -> {
          pattern.writeTo(socket.getOutputStream(), length);
          socket.shutdownOutput();
          drain(socket);
        });
  }

  /**
   * Returns a backend that waits for a byte, answers with this many bytes of a pattern, and closes.
   */
  public static Backend answering(Pattern pattern, long length) {
    return new Backend(
        socket -> {
          if (socket.getInputStream().read() >= 0) {
            pattern.writeTo(socket.getOutputStream(), length);
          }
        });
  }

  /** Reads and discards the rest, so that closing does not reset the connection. */
  private static void drain(Socket socket) throws IOException {
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  /** Ends a connection by a reset. */
  public static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static void waitForEver(Socket socket) {
    while (!socket.isClosed()) {
      LockSupport.park();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        connections.incrementAndGet();
        threads.execute(() -> serve(socket));
      } catch (IOException | RejectedExecutionException e) {
        // Closed, which ends the loop; or the other side was faster, which does not.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      handler.serve(socket);
    } catch (IOException e) {
      // The other side broke the connection, as some tests want it to.
    } catch (AssertionError e) {
      wrong.compareAndSet(null, e);
    } finally {
      open.remove(socket);
    }
  }

  /**
   * Rethrows the first failure of a handler to the test.
   *
   * @throws AssertionError the first one that a handler has thrown
   */
  public void check() {
    AssertionError found = wrong.get();
    if (found != null) {
      throw found;
    }
  }

  /** Returns the address at which it listens. */
  public Target target() {
    return Target.of(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
  }

  /** Returns the number of connections accepted so far. */
  public int connections() {
    return connections.get();
  }

  /** Returns the number of connections that are open: not yet closed by this side. */
  public int open() {
    return open.size();
  }

  /** Waits until this many connections were accepted. */
  public void awaitConnections(int count) {
    await(count + " connections").atMost(TIMEOUT).until(() -> connections() >= count);
  }

  /** Waits until no connection is open. */
  public void awaitNoneOpen() {
    await("no open connection").atMost(TIMEOUT).until(() -> open() == 0);
  }

  /** Stops listening and closes every connection. A second call does nothing. */
  @Override
  public void close() {
    closeQuietly(listener);
    new ArrayList<>(open).forEach(Backend::closeQuietly);
    threads.shutdownNow();
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is gone either way.
    }
  }
}
