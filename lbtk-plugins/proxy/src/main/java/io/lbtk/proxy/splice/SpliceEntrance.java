package io.lbtk.proxy.splice;

import io.lbtk.net.OnLoop;
import io.lbtk.proxy.tcp.Listening;
import io.lbtk.proxy.tcp.ProxyLoop;
import io.lbtk.proxy.tcp.TunnelEngine;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the clients of spliced tunnels come in: listening sockets, from each of which one loop or
 * several accept. The sockets may be those of a process that was here before, and may be given to
 * the next one.
 */
final class SpliceEntrance implements TunnelEngine.Entrance {

  private final String who;
  private final List<ProxyLoop> loops;
  private final List<ListeningSocket> sockets;
  private final List<SocketAcceptor> acceptors = new ArrayList<>();
  private final CompletableFuture<@Nullable Void> takenOver = new CompletableFuture<>();
  private final @Nullable Path meetingPlace;
  private @Nullable FormerProcess former;
  private @Nullable HandOver handOver;

  private SpliceEntrance(
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
    for (int i = 0; i < sockets.size(); i++) {
      ProxyLoop loop = loop(i);
      SpliceLoop connector = (SpliceLoop) loop.connector();
      acceptors.add(
          new SocketAcceptor(
              who,
              listening.address(),
              new SpliceReception(loop, connector),
              connector.sockets(),
              sockets.get(i)));
    }
    forEachAcceptor(SocketAcceptor::start);
  }

  /** Begins to accept, as {@link TunnelEngine#open}. */
  static SpliceEntrance open(String who, Listening listening, List<ProxyLoop> loops) {
    Path meetingPlace = listening.handOver();
    FormerProcess former =
        meetingPlace == null ? null : FormerProcess.ask(who, meetingPlace, loops.get(0).executor());
    SpliceEntrance entrance =
        former == null ? bind(who, listening, loops) : inherit(who, listening, loops, former);
    try {
      entrance.waitForNext();
      return entrance;
    } catch (RuntimeException | Error e) {
      entrance.close();
      throw e;
    }
  }

  private static SpliceEntrance inherit(
      String who, Listening listening, List<ProxyLoop> loops, FormerProcess former) {
    try {
      InetSocketAddress address = listening.address().resolve(who);
      List<ListeningSocket> sockets = former.sockets(address, loops.size());
      return new SpliceEntrance(who, listening, loops, sockets, former);
    } catch (RuntimeException | Error e) {
      former.close();
      throw e;
    }
  }

  private static SpliceEntrance bind(String who, Listening listening, List<ProxyLoop> loops) {
    List<ListeningSocket> sockets =
        ListeningSockets.open(who, listening.address(), loops.size(), listening.reusePort());
    return new SpliceEntrance(who, listening, loops, sockets, null);
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

  /** The meeting place is free once the former process is gone. */
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
  public CompletableFuture<@Nullable Void> closed() {
    stopMeeting();
    List<CompletableFuture<@Nullable Void>> stops = new ArrayList<>();
    for (int i = 0; i < acceptors.size(); i++) {
      SocketAcceptor acceptor = acceptors.get(i);
      CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
      stops.add(stopped);
      OnLoop.post(loop(i).executor(), () -> acceptor.stop(stopped), () -> stopped.complete(null));
    }
    return CompletableFuture.allOf(stops.toArray(new CompletableFuture<?>[0]));
  }

  private synchronized void stopMeeting() {
    if (former != null) {
      former.close();
    }
    if (handOver != null) {
      handOver.close();
    }
  }

  @Override
  public void close() {
    CompletableFuture<@Nullable Void> closed = closed();
    if (loops.stream().noneMatch(loop -> loop.executor().inEventLoop())) {
      closed.join();
    }
  }
}
