package io.lbtk.netty.proxy;

import io.lbtk.api.StartException;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The threads and the sockets of a proxy for UDP, from start to close. */
final class RunningUdpProxy implements AutoCloseable {

  private static final long END_SECONDS = 10;

  private final UdpState state;
  private final UdpEngine engine;
  private final MultiThreadIoEventLoopGroup group;
  private final List<UdpLoop> loops = new ArrayList<>();
  private final InetSocketAddress address;

  private RunningUdpProxy(
      UdpState state,
      UdpEngine engine,
      List<UdpSocket> listeners,
      Function<Executor, TokenSource> tokens,
      boolean ownsTokens) {
    this.state = state;
    this.engine = engine;
    this.address = listeners.get(0).localAddress();
    this.group =
        new MultiThreadIoEventLoopGroup(
            listeners.size(), new DefaultThreadFactory(state.name()), engine.ioHandlers());
    try {
      for (UdpSocket listener : listeners) {
        loops.add(newLoop(listener, tokens, ownsTokens));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private UdpLoop newLoop(
      UdpSocket listener, Function<Executor, TokenSource> tokens, boolean ownsTokens) {
    IoEventLoop executor = group.next();
    return new UdpLoop(state, engine, executor, listener, tokens.apply(executor), ownsTokens);
  }

  /**
   * Binds, and begins to receive. If it throws, nothing is left.
   *
   * @param wanted loops, if the engine can give each a socket on the same port
   * @throws StartException if the address cannot be bound
   */
  static RunningUdpProxy start(
      UdpState state,
      UdpEngine engine,
      ListenAddress listen,
      int wanted,
      Function<Executor, TokenSource> tokens,
      boolean ownsTokens) {
    List<UdpSocket> listeners = new ArrayList<>();
    try {
      bind(state.name(), engine, listen, engine.sharesPorts() ? wanted : 1, listeners);
      RunningUdpProxy running = new RunningUdpProxy(state, engine, listeners, tokens, ownsTokens);
      running.loops.forEach(loop -> loop.executor().execute(loop::start));
      return running;
    } catch (RuntimeException e) {
      listeners.forEach(UdpSocket::close);
      throw e;
    }
  }

  private static void bind(
      String who, UdpEngine engine, ListenAddress listen, int count, List<UdpSocket> bound) {
    try {
      InetSocketAddress at = listen.resolve(who);
      boolean shared = count > 1;
      if (shared) {
        // Bound in a way that can be shared, the port might be one of another proxy already.
        UdpSocket alone = engine.bind(listen, at, false);
        at = alone.localAddress();
        alone.close();
      }
      for (int i = 0; i < count; i++) {
        bound.add(engine.bind(listen, at, shared));
      }
    } catch (IOException | ChannelException e) {
      throw listen.cannotListen(who, e);
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * Lets no client in any more; completes when the last session is gone, at the latest after the
   * timeout. Until then the port stays bound, as the answers are sent from it.
   */
  CompletableFuture<@Nullable Void> drain(Duration timeout) {
    state.drain();
    List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
    for (UdpLoop loop : loops) {
      CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
      stops.add(stopped);
      loop.run(
          () -> {
            loop.endResting();
            stopped.complete(null);
          },
          () -> stopped.complete(null));
    }
    CompletableFuture<@Nullable Void> all =
        CompletableFuture.allOf(stops.toArray(new CompletableFuture<?>[0]));
    var unused = all.thenRun(() -> closeSessionsAfter(timeout));
    return all.thenCompose(done -> state.open().none()).thenRun(this::closeListeners);
  }

  private void closeSessionsAfter(Duration timeout) {
    for (UdpLoop loop : loops) {
      try {
        var unused =
            loop.executor().schedule(loop::closeSessions, timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        // It was closed meanwhile, and with it every session.
      }
    }
  }

  private void closeListeners() {
    loops.forEach(loop -> loop.run(loop::closeListener, () -> {}));
  }

  @Override
  public void close() {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (UdpLoop loop : loops) {
      ends.add(CompletableFuture.runAsync(loop::close, loop.executor()));
    }
    boolean wait = loops.stream().noneMatch(loop -> loop.executor().inEventLoop());
    if (wait) {
      ends.forEach(CompletableFuture::join);
    }
    var unused = group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    if (wait) {
      group.terminationFuture().awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
    }
  }
}
