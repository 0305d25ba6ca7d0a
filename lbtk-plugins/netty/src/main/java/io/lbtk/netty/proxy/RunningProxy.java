package io.lbtk.netty.proxy;

import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads and the entrance of a proxy, from start to close. */
final class RunningProxy implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TcpProxy.class);
  private static final long END_SECONDS = 10;

  private final ProxyState state;
  private final TunnelEngine engine;
  private final MultiThreadIoEventLoopGroup group;
  private final List<ProxyLoop> loops = new ArrayList<>();
  private TunnelEngine.@Nullable Entrance entrance;

  RunningProxy(ProxyState state, TunnelEngine engine, int threads) {
    this.state = state;
    this.engine = engine;
    this.group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory(state.name()), engine.ioHandlers());
  }

  /** Makes the loops, then listens. If it throws, {@link #close} is still to be called. */
  void start(ListenAddress address, Function<Executor, TokenSource> tokens, boolean ownsTokens) {
    for (int i = 0; i < group.executorCount(); i++) {
      EventLoop executor = group.next();
      loops.add(
          new ProxyLoop(
              state, executor, engine.connector(executor), tokens.apply(executor), ownsTokens));
    }
    entrance = engine.open(state.name(), address, loops);
    log.info("{} takes up to {} connections at a time", state.name(), state.open().limit());
  }

  InetSocketAddress address() {
    if (entrance == null) {
      throw new IllegalStateException(state.name() + " does not listen");
    }
    return entrance.address();
  }

  /**
   * Stops accepting; completes when the last tunnel is gone, at the latest after the timeout. Those
   * that do not end by themselves are closed one after the other from the middle of it on.
   */
  CompletableFuture<@Nullable Void> drain(Duration timeout) {
    if (entrance == null) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<@Nullable Void> stopped = entrance.closed();
    // Not before: what is accepted until then is closed at the end of the time like all others.
    var unused = stopped.thenRun(() -> closeTunnelsOver(timeout));
    return stopped.thenCompose(done -> state.open().none());
  }

  private void closeTunnelsOver(Duration timeout) {
    for (ProxyLoop loop : loops) {
      SpreadClose.begin(loop.timers(), loop.executor(), timeout);
    }
  }

  @Override
  public void close() {
    if (entrance != null) {
      entrance.close();
    }
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (ProxyLoop loop : loops) {
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
