package io.lbtk.proxy;

import io.lbtk.api.StartException;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.LoopGroup;
import io.lbtk.net.OnLoop;
import io.lbtk.proxy.limits.SpreadClose;
import io.lbtk.proxy.token.LoopTokens;
import io.lbtk.proxy.token.OwnAddress;
import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.proxy.udp.UdpLoop;
import io.lbtk.proxy.udp.UdpSocket;
import io.lbtk.proxy.udp.UdpState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops and the sockets of a started UDP proxy. */
final class RunningUdpProxy implements ListeningProxy.Running {

  private static final Logger log = LoggerFactory.getLogger(UdpProxy.class);

  private final UdpState state;
  private final LoopGroup<UdpLoop> threads;
  private final InetSocketAddress address;

  private RunningUdpProxy(UdpState state, LoopGroup<UdpLoop> threads, InetSocketAddress address) {
    this.state = state;
    this.threads = threads;
    this.address = address;
  }

  /**
   * Binds and begins to receive. Leaves nothing behind if it throws.
   *
   * @param wanted the number of event loops, if the engine can bind a socket for each to one port
   * @throws StartException if the address cannot be bound
   */
  static RunningUdpProxy start(
      UdpState state,
      UdpEngine engine,
      ListenAddress listen,
      int wanted,
      LoopTokens.Origin tokens) {
    List<UdpSocket> listeners = engine.bindAll(state.name(), listen, wanted);
    try {
      OwnAddress own = new OwnAddress(listeners.get(0).localAddress());
      LoopGroup<UdpLoop> threads = run(state, engine, own, listeners, tokens);
      log.info("{} accepts up to {} sessions at a time", state.name(), state.open().limit());
      return new RunningUdpProxy(state, threads, listeners.get(0).localAddress());
    } catch (RuntimeException | Error e) {
      listeners.forEach(UdpSocket::close);
      throw e;
    }
  }

  private static LoopGroup<UdpLoop> run(
      UdpState state,
      UdpEngine engine,
      OwnAddress own,
      List<UdpSocket> listeners,
      LoopTokens.Origin tokens) {
    LoopGroup<UdpLoop> threads =
        new LoopGroup<>(state.name(), listeners.size(), engine.ioHandlers());
    try {
      for (UdpSocket listener : listeners) {
        threads.add(loop -> new UdpLoop(state, engine, own, loop, listener, tokens));
      }
    } catch (RuntimeException | Error e) {
      threads.close();
      throw e;
    }
    threads.members().forEach(loop -> loop.executor().execute(loop::start));
    return threads;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Accepts no new clients. Completes when the last session has ended, at the latest after the
   * timeout. Sessions that do not end by themselves are ended one by one in its second half. The
   * port stays bound until then, since answers are sent from it.
   */
  @Override
  public CompletableFuture<@Nullable Void> drain(Duration timeout) {
    state.drain();
    List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
    for (UdpLoop loop : threads.members()) {
      CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
      stops.add(stopped);
      OnLoop.post(
          loop.executor(),
          () -> {
            loop.endResting();
            stopped.complete(null);
          },
          () -> stopped.complete(null));
    }
    CompletableFuture<@Nullable Void> all =
        CompletableFuture.allOf(stops.toArray(new CompletableFuture<?>[0]));
    var unused = all.thenRun(() -> closeSessionsOver(timeout));
    return all.thenCompose(done -> state.open().none()).thenRun(this::closeListeners);
  }

  private void closeSessionsOver(Duration timeout) {
    for (UdpLoop loop : threads.members()) {
      SpreadClose.begin(loop, loop.executor(), timeout);
    }
  }

  private void closeListeners() {
    threads.members().forEach(loop -> OnLoop.post(loop.executor(), loop::closeListener, () -> {}));
  }

  @Override
  public void close() {
    threads.close();
  }
}
