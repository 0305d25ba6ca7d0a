package io.lbtk.proxy.splice;

import io.lbtk.net.OnLoop;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.TunnelEngine;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the clients of spliced tunnels from listening sockets, each of which one or more loops
 * use. The sockets may come from a previous process, and may be handed over to the next one.
 */
final class SpliceAcceptor implements TunnelEngine.Acceptor {

  private static final Logger log = LoggerFactory.getLogger(SpliceAcceptor.class);

  private final String who;
  private final List<ProxyLoop> loops;
  private final List<ListeningSocket> sockets;
  private final List<SocketAcceptor> acceptors = new ArrayList<>();
  private final CompletableFuture<@Nullable Void> takenOver = new CompletableFuture<>();
  private final @Nullable Path meetingPlace;
  private final Duration handOverTimeout;
  private @Nullable FormerProcess former;
  private @Nullable HandOver handOver;

  private SpliceAcceptor(
      String who,
      Listening listening,
      List<ProxyLoop> loops,
      List<ListeningSocket> sockets,
      @Nullable FormerProcess former) {
    this.who = who;
    this.loops = loops;
    this.sockets = sockets;
    this.former = former;
    this.meetingPlace = listening.handOver();
    this.handOverTimeout = listening.handOverTimeout();
    for (int i = 0; i < sockets.size(); i++) {
      ProxyLoop loop = loop(i);
      SpliceLoop connector = (SpliceLoop) loop.connector();
      acceptors.add(
          new SocketAcceptor(
              who,
              listening.address(),
              new SpliceAcceptHandler(loop, connector),
              connector.sockets(),
              sockets.get(i)));
    }
    forEachAcceptor(SocketAcceptor::start);
  }

  /** Starts to accept, as {@link TunnelEngine#open}. */
  static SpliceAcceptor open(String who, Listening listening, List<ProxyLoop> loops) {
    Path meetingPlace = listening.handOver();
    FormerProcess former =
        meetingPlace == null ? null : FormerProcess.ask(who, meetingPlace, loops.get(0).executor());
    SpliceAcceptor entrance =
        former == null ? bind(who, listening, loops) : inherit(who, listening, loops, former);
    try {
      entrance.waitForNext();
      return entrance;
    } catch (RuntimeException | Error e) {
      entrance.close();
      throw e;
    }
  }

  private static SpliceAcceptor inherit(
      String who, Listening listening, List<ProxyLoop> loops, FormerProcess former) {
    try {
      InetSocketAddress address = listening.address().resolve(who);
      List<ListeningSocket> sockets = former.sockets(address, loops.size());
      if (sockets.isEmpty()) {
        former.close();
        return bind(who, listening, loops);
      }
      return new SpliceAcceptor(who, listening, loops, sockets, former);
    } catch (RuntimeException | Error e) {
      former.close();
      throw e;
    }
  }

  private static SpliceAcceptor bind(String who, Listening listening, List<ProxyLoop> loops) {
    List<ListeningSocket> sockets =
        ListeningSockets.open(who, listening.address(), loops.size(), listening.reusePort());
    return new SpliceAcceptor(who, listening, loops, sockets, null);
  }

  private ProxyLoop loop(int acceptor) {
    return loops.get(acceptor % loops.size());
  }

  private void forEachAcceptor(Consumer<SocketAcceptor> task) {
    for (int i = 0; i < acceptors.size(); i++) {
      SocketAcceptor acceptor = acceptors.get(i);
      OnLoop.post(loop(i).executor(), () -> task.accept(acceptor), () -> {});
    }
  }

  @Override
  public InetSocketAddress address() {
    return sockets.get(0).address();
  }

  @Override
  public synchronized void takeOver() {
    if (former != null) {
      former.replace();
      former = null;
      waitForNext();
    }
  }

  /** Starts to wait for the next process, once the path is no longer used by the previous one. */
  private synchronized void waitForNext() {
    if (former == null && meetingPlace != null) {
      HandOver waiting = HandOver.at(who, meetingPlace, sockets, loops.get(0).executor());
      handOver = waiting;
      var unused =
          waiting
              .replaced()
              .thenRun(
                  () -> {
                    forEachAcceptor(SocketAcceptor::close);
                    takenOver.complete(null);
                  });
    }
  }

  @Override
  public CompletableFuture<@Nullable Void> takenOver() {
    return takenOver;
  }

  @Override
  public synchronized CompletableFuture<@Nullable Void> awaitSuccessor(Duration limit) {
    Duration time = limit.compareTo(handOverTimeout) < 0 ? limit : handOverTimeout;
    if (handOver == null || takenOver.isDone() || time.isZero()) {
      return CompletableFuture.completedFuture(null);
    }
    log.info(
        "{}: accepting until another process takes over at {}, for up to {} ms",
        who,
        meetingPlace,
        time.toMillis());
    return takenOver.copy().completeOnTimeout(null, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<@Nullable Void> closed() {
    HandOver refusing = refuseSuccessors();
    List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
    for (int i = 0; i < acceptors.size(); i++) {
      SocketAcceptor acceptor = acceptors.get(i);
      CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
      stops.add(stopped);
      OnLoop.post(loop(i).executor(), () -> acceptor.stop(stopped), () -> stopped.complete(null));
    }
    CompletableFuture<@Nullable Void> stopped =
        CompletableFuture.allOf(stops.toArray(new CompletableFuture<?>[0]));
    // A process that was refused binds the address itself, so it must be free by then.
    return refusing == null ? stopped : stopped.thenCompose(done -> refusing.end());
  }

  private synchronized @Nullable HandOver refuseSuccessors() {
    if (former != null) {
      former.close();
    }
    if (handOver != null) {
      handOver.refuse();
    }
    return handOver;
  }

  @Override
  public void close() {
    CompletableFuture<@Nullable Void> closed = closed();
    if (loops.stream().noneMatch(loop -> loop.executor().inEventLoop())) {
      closed.join();
    }
  }
}
