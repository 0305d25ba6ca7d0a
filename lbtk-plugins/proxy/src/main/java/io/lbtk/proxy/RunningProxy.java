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

/** The threads and the entrance of a proxy for TCP, from start to close. */
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
   * Makes the loops, then listens. If it throws, nothing is left.
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
      TunnelEngine.Acceptor entrance = engine.open(state.name(), listening, threads.inhabitants());
      state.listensOn(entrance.address());
      log.info("{} takes up to {} connections at a time", state.name(), state.open().limit());
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
   * Stops accepting; completes when the last tunnel is gone, at the latest after the timeout. Those
   * that do not end by themselves are closed one after the other from the middle of it on.
   */
  @Override
  public CompletableFuture<@Nullable Void> drain(Duration timeout) {
    CompletableFuture<@Nullable Void> stopped = entrance.closed();
    // Not before: what is accepted until then is closed at the end of the time like all others.
    var unused = stopped.thenRun(() -> closeTunnelsOver(timeout));
    return stopped.thenCompose(done -> state.open().none());
  }

  private void closeTunnelsOver(Duration timeout) {
    for (ProxyLoop loop : threads.inhabitants()) {
      SpreadClose.begin(loop.timers(), loop.executor(), timeout);
    }
  }

  @Override
  public void close() {
    entrance.close();
    threads.close();
  }
}
