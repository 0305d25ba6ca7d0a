package io.lbtk.testkit;

import io.lbtk.api.Proxy;
import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A proxy with a thread for each connection: right, or with one fault. */
final class NaiveProxy implements Proxy {

  enum Fault {
    NONE,
    CORRUPTS,
    ENDS_AT_THE_FIRST_FIN,
    SWALLOWS_FIN,
    STANDS_STILL,
    LOSES_THE_TAIL,
    BUFFERS_WITHOUT_BOUND,
    WAITS_FOR_THE_CLIENT,
    LOSES_EARLY_BYTES,
    HIDES_RESETS,
    CALLS_RESETS_CLOSED,
    CALLS_REFUSED_TIMEOUT,
    COUNTS_NO_BYTES,
    FORGETS_TOKENS,
    RELEASES_TWICE,
    RELEASES_AT_ONCE,
    TAKES_TWO_TOKENS,
    TRIES_ONCE,
    TRIES_FOR_EVER,
    TRIES_THE_SAME,
    KEEPS_CLIENTS_WITHOUT_TOKEN,
    DIES_WITHOUT_TOKEN,
    NO_CONNECT_TIMEOUT,
    NO_TOKEN_TIMEOUT,
    NO_IDLE_TIMEOUT,
    NO_FIN_TIMEOUT,
    KNOWS_NO_NAMES,
    ONE_AT_A_TIME,
    DRAIN_CLOSES,
    DRAIN_ACCEPTS,
    DRAIN_FOR_EVER,
    CLOSE_LEAVES_TUNNELS,
    CLOSE_LEAVES_DEMANDS,
    CLOSE_LEAVES_CONNECTS,
    CLOSE_NEVER_RETURNS,
    CLOSES_ONCE,
    CANNOT_CLOSE_UNSTARTED,
    STARTS_TWICE,
    STARTS_AFTER_CLOSE,
    GUESSES_ITS_ADDRESS,
    TELLS_THE_WANTED_ADDRESS,
    NAMES_NO_ADDRESS
  }

  private final InetSocketAddress listen;
  private final TokenSource tokens;
  private final ProxyContract.Limits limits;
  private final Fault fault;
  private final Set<NaiveTunnel> tunnels = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final ExecutorService threads;
  private volatile @Nullable ServerSocket listener;
  private volatile boolean draining;
  private volatile boolean closed;

  NaiveProxy(
      InetSocketAddress listen, TokenSource tokens, ProxyContract.Limits limits, Fault fault) {
    this.listen = listen;
    this.tokens = tokens;
    this.limits = limits;
    this.fault = fault;
    this.threads =
        fault == Fault.ONE_AT_A_TIME
            ? Executors.newFixedThreadPool(4, NaiveProxy::daemon)
            : Executors.newCachedThreadPool(NaiveProxy::daemon);
  }

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "naive proxy");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public synchronized void start() {
    if ((listener != null && fault != Fault.STARTS_TWICE)
        || (closed && fault != Fault.STARTS_AFTER_CLOSE)) {
      throw new IllegalStateException("started or closed before");
    }
    try {
      ServerSocket bound = new ServerSocket();
      bound.bind(listen, 1024);
      listener = bound;
      daemon(() -> accept(bound)).start();
    } catch (IOException e) {
      String where = fault == Fault.NAMES_NO_ADDRESS ? "it" : "127.0.0.1:" + listen.getPort();
      throw new StartException("cannot listen on " + where + ": " + e.getMessage(), e);
    }
  }

  private void accept(ServerSocket bound) {
    while (!bound.isClosed()) {
      try {
        Socket client = bound.accept();
        NaiveTunnel tunnel = new NaiveTunnel(client, tokens, limits, fault, threads);
        tunnels.add(tunnel);
        if (closed && fault != Fault.CLOSE_LEAVES_TUNNELS) {
          // An accept that was under way can outlast the close of its socket.
          tunnel.close();
        }
        threads.execute(() -> serve(tunnel));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(NaiveTunnel tunnel) {
    try {
      tunnel.run();
    } catch (IllegalStateException e) {
      close();
    } finally {
      // A client that is kept has to be known to somebody, or the garbage collector closes it.
      if (fault != Fault.KEEPS_CLIENTS_WITHOUT_TOKEN) {
        tunnels.remove(tunnel);
      }
      checkDrained();
    }
  }

  private void checkDrained() {
    if (draining && tunnels.isEmpty() && fault != Fault.DRAIN_FOR_EVER) {
      drained.complete(null);
    }
  }

  @Override
  public SocketAddress address() {
    ServerSocket bound = listener;
    if (bound == null && fault != Fault.GUESSES_ITS_ADDRESS) {
      throw new IllegalStateException("not started");
    }
    return bound == null || fault == Fault.TELLS_THE_WANTED_ADDRESS
        ? listen
        : bound.getLocalSocketAddress();
  }

  @Override
  public CompletableFuture<Void> drain(Duration timeout) {
    draining = true;
    if (fault != Fault.DRAIN_ACCEPTS) {
      stopAccepting();
    }
    if (fault == Fault.DRAIN_CLOSES) {
      tunnels.forEach(NaiveTunnel::close);
    }
    CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (fault != Fault.DRAIN_FOR_EVER) {
                tunnels.forEach(NaiveTunnel::close);
              }
            });
    checkDrained();
    return drained;
  }

  private void stopAccepting() {
    ServerSocket bound = listener;
    try {
      if (bound != null) {
        bound.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if ((closed && fault == Fault.CLOSES_ONCE)
        || (listener == null && fault == Fault.CANNOT_CLOSE_UNSTARTED)) {
      throw new IllegalStateException("cannot be closed");
    }
    closed = true;
    stopAccepting();
    if (fault == Fault.CLOSE_NEVER_RETURNS) {
      new CompletableFuture<Void>().join();
    }
    if (fault != Fault.CLOSE_LEAVES_TUNNELS) {
      tunnels.forEach(NaiveTunnel::close);
    }
  }
}
