package io.lbtk.tokenport.server;

import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.net.OnLoop;
import io.lbtk.tokenport.protocol.TokenIds;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lease peers of a port, and the state that they share. Thread-safe. */
final class LeasePeers {

  private static final Logger log = LoggerFactory.getLogger(LeasePeers.class);
  private static final int RADIX = 36;

  /** The peers of one event loop. */
  private static final class LoopPeers {

    private final EventExecutor loop;

    /** Modified by the loop only. */
    private final Set<LeasePeer> peers = ConcurrentHashMap.newKeySet();

    /** Targets that are gone, to be reported to the peers. */
    private final Queue<String> gone = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean scheduled = new AtomicBoolean();

    LoopPeers(EventExecutor loop) {
      this.loop = loop;
    }

    /** Schedules a report to the peers, with one task for all targets until it runs. */
    void gone(String hostPort) {
      gone.add(hostPort);
      if (!scheduled.getAndSet(true)) {
        post(this::reportGone);
      }
    }

    /**
     * Reports to the peers by another task, after all tasks that are pending now: those may send
     * tokens that were given before the target was gone, which have to come first.
     */
    private void reportGone() {
      scheduled.set(false);
      Set<String> batch = new LinkedHashSet<>();
      for (String hostPort = gone.poll(); hostPort != null; hostPort = gone.poll()) {
        batch.add(hostPort);
      }
      post(() -> peers.forEach(peer -> peer.gone(batch)));
    }

    private void post(Runnable task) {
      OnLoop.post(loop, task, () -> log.trace("the port is closed"));
    }
  }

  final TokenSource source;
  final PortOptions options;
  final Ticker ticker;
  final PortCounters counters;
  final TargetEncoder encoder;
  final HeldTokens held;
  final PeerLog peerLog;

  /** Unique for each start, so that no id is used twice. */
  final String epoch = Long.toUnsignedString(new SecureRandom().nextLong(), RADIX);

  final TokenIds ids = new TokenIds(epoch);

  private volatile boolean standby = true;
  private volatile boolean closed;
  private final Map<EventExecutor, LoopPeers> loops;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, LeasePeer> byName = new ConcurrentHashMap<>();

  LeasePeers(
      Iterable<EventExecutor> loops,
      TokenSource source,
      PortOptions options,
      Ticker ticker,
      PortCounters counters,
      TargetEncoder encoder) {
    Map<EventExecutor, LoopPeers> peers = new HashMap<>();
    loops.forEach(loop -> peers.put(loop, new LoopPeers(loop)));
    this.loops = Map.copyOf(peers);
    this.peerLog = new PeerLog(options.part(), ticker);
    this.source = source;
    this.options = options;
    this.ticker = ticker;
    this.counters = counters;
    this.encoder = encoder;
    this.held = new HeldTokens(source, Runtime.getRuntime().maxMemory());
  }

  /** Returns the number of the next token. */
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  /** Adds a connected peer. Called on its loop, which must be one of the port. */
  void add(LeasePeer peer) {
    loopOf(peer).peers.add(peer);
  }

  private LoopPeers loopOf(LeasePeer peer) {
    LoopPeers loop = loops.get(peer.loop());
    if (loop == null) {
      throw new IllegalStateException("the event loop of the peer does not belong to this port");
    }
    return loop;
  }

  /** Returns all peers that are connected, or whose tokens still count. */
  private List<LeasePeer> peers() {
    List<LeasePeer> all = new ArrayList<>();
    loops.values().forEach(loop -> all.addAll(loop.peers));
    return all;
  }

  /** Registers the name of a peer. An earlier peer of the same name hands over its tokens. */
  void named(String name, LeasePeer peer) {
    LeasePeer before = byName.put(name, peer);
    if (before != null && before != peer) {
      if (before.isConnected()) {
        logProblem(
            "%s and at %s".formatted(before, peer.address()),
            "two connections of the name %s, of which the earlier is closed; if this repeats, two"
                    .formatted(name)
                + " peers use the same name (expected: a unique name for each)");
      }
      before.handOver(peer);
    }
  }

  /** Removes a peer that has no tokens left. Called on its loop. */
  void remove(@Nullable String name, LeasePeer peer) {
    loopOf(peer).peers.remove(peer);
    if (name != null) {
      byName.remove(name, peer);
    }
  }

  /** Returns whether the source does not know its targets yet, so that peers use another port. */
  boolean isStandby() {
    return standby;
  }

  /** Reports to the peers that the source knows its targets. Any thread. */
  void ready() {
    standby = false;
    peers().forEach(LeasePeer::roleChanged);
  }

  /** Reports that a target may not be picked any more to the peers that use it. Any thread. */
  void gone(String hostPort) {
    loops.values().forEach(loop -> loop.gone(hostPort));
  }

  /** Returns whether the port is closed: then new peers are closed, and tokens have no grace. */
  boolean isClosed() {
    return closed;
  }

  /** Closes all peers, and releases their tokens. */
  void close() {
    closed = true;
    peerLog.close();
    peers().forEach(LeasePeer::close);
  }

  /** Logs a problem of a peer, subject to the limits of the log. */
  void logProblem(String peer, String problem) {
    peerLog.problem(peer, problem);
  }
}
