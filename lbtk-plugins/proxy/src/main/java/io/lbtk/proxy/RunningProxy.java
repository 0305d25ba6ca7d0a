package io.lbtk.proxy;

import io.lbtk.api.StartException;
import io.lbtk.net.LoopGroup;
import io.lbtk.proxy.limits.SpreadClose;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.ProxyState;
import io.lbtk.proxy.tcp.TunnelEngine;
import io.lbtk.proxy.token.LoopTokens;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops and the acceptor of a started TCP proxy. */
final class RunningProxy implements ListeningProxy.Running {

  private static final Logger log = LoggerFactory.getLogger(TcpProxy.class);

  private final ProxyState state;
  private final LoopGroup<ProxyLoop> threads;
  private final TunnelEngine.Acceptor entrance;

  private RunningProxy(
      ProxyState state, LoopGroup<ProxyLoop> threads, TunnelEngine.Acceptor entrance) {
    this.state = state;
    this.threads = threads;
    this.entrance = entrance;
  }

  /**
   * Creates the event loops, then listens. Leaves nothing behind if it throws.
   *
   * @throws StartException if the address cannot be bound
   */
  static RunningProxy start(
      ProxyState state,
      TunnelEngine engine,
      Listening listening,
      int loops,
      LoopTokens.Origin tokens) {
    LoopGroup<ProxyLoop> threads = new LoopGroup<>(state.name(), loops, engine.ioHandlers());
    try {
      for (int i = 0; i < loops; i++) {
        threads.add(
            loop -> new ProxyLoop(state, loop, engine.connector(loop, state.settings()), tokens));
      }
      TunnelEngine.Acceptor entrance = engine.open(state.name(), listening, threads.members());
      state.listensOn(entrance.address());
      log.info("{} accepts up to {} connections at a time", state.name(), state.open().limit());
      return new RunningProxy(state, threads, entrance);
    } catch (RuntimeException | Error e) {
      threads.close();
      throw e;
    }
  }

  @Override
  public InetSocketAddress address() {
    return entrance.address();
  }

  @Override
  public void takeOver() {
    entrance.takeOver();
  }

  @Override
  public CompletableFuture<@Nullable Void> takenOver() {
    return entrance.takenOver();
  }

  @Override
  public CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
    return entrance.awaitSuccessor(limit);
  }

  /**
   * Stops accepting. Completes when the last connection has ended, at the latest after the timeout.
   * Connections that do not end by themselves are closed one by one in its second half.
   */
  @Override
  public CompletableFuture<@Nullable Void> drain(Duration timeout) {
    CompletableFuture<@Nullable Void> stopped = entrance.closed();
    // Not before: connections that are accepted until then are closed like all others.
    var unused = stopped.thenRun(() -> closeTunnelsOver(timeout));
    return stopped.thenCompose(done -> state.open().none());
  }

  private void closeTunnelsOver(Duration timeout) {
    for (ProxyLoop loop : threads.members()) {
      SpreadClose.begin(loop.timers(), loop.executor(), timeout);
    }
  }

  @Override
  public void close() {
    entrance.close();
    threads.close();
  }
}
