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

/** What the lease peers of a port share. Thread-safe. */
final class LeasePeers {

  private static final Logger log = LoggerFactory.getLogger(LeasePeers.class);
  private static final int RADIX = 36;

  /** The peers of one event loop. */
  private static final class LoopPeers {

    private final EventExecutor loop;

    /** Changed by the loop only. */
    private final Set<LeasePeer> peers = ConcurrentHashMap.newKeySet();

    /** Targets that the peers have not been told of yet. */
    private final Queue<String> gone = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean collects = new AtomicBoolean();

    LoopPeers(EventExecutor loop) {
      this.loop = loop;
    }

    /** Has the peers told, by one task for all that come until it runs. */
    void gone(String hostPort) {
      gone.add(hostPort);
      if (!collects.getAndSet(true)) {
        post(this::collect);
      }
    }

    /**
     * Tells the peers by another task, behind all that the loop has to do now: a token of a target
     * that is given before the target is gone may be among that, and has to come first.
     */
    private void collect() {
      collects.set(false);
      Set<String> batch = new LinkedHashSet<>();
      for (String hostPort = gone.poll(); hostPort != null; hostPort = gone.poll()) {
        batch.add(hostPort);
      }
      post(() -> peers.forEach(peer -> peer.gone(batch)));
    }

    private void post(Runnable task) {
      OnLoop.post(loop, task, () -> log.trace("the port was closed: nobody is left to be told"));
    }
  }

  final TokenSource source;
  final PortOptions options;
  final Ticker ticker;
  final PortCounters counters;
  final TargetEncoder hostPorts;
  final HeldTokens held;
  final PeerLog peerLog;

  /** New with every start, so that no id is used twice. */
  final String epoch = Long.toUnsignedString(new SecureRandom().nextLong(), RADIX);

  final TokenIds ids = new TokenIds(epoch);

  private volatile boolean standby = true;
  private volatile boolean closed;
  private final Map<EventExecutor, LoopPeers> loops;
  private final Complaints complaints;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, LeasePeer> byName = new ConcurrentHashMap<>();

  LeasePeers(
      Iterable<EventExecutor> loops,
      TokenSource source,
      PortOptions options,
      Ticker ticker,
      PortCounters counters,
      TargetEncoder hostPorts) {
    Map<EventExecutor, LoopPeers> peers = new HashMap<>();
    loops.forEach(loop -> peers.put(loop, new LoopPeers(loop)));
    this.loops = Map.copyOf(peers);
    this.complaints = new Complaints(ticker);
    this.peerLog = new PeerLog(options.part(), ticker);
    this.source = source;
    this.options = options;
    this.ticker = ticker;
    this.counters = counters;
    this.hostPorts = hostPorts;
    this.held = new HeldTokens(source, Runtime.getRuntime().maxMemory());
  }

  /** The number of the next token. */
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  /** Adds a peer that is connected. On its loop, which is one of those of the port. */
  void add(LeasePeer peer) {
    loopOf(peer).peers.add(peer);
  }

  private LoopPeers loopOf(LeasePeer peer) {
    LoopPeers loop = loops.get(peer.loop());
    if (loop == null) {
      throw new IllegalStateException("a peer on an event loop that is none of this port");
    }
    return loop;
  }

  /** Returns every peer that is connected, or that went and whose tokens still count. */
  private List<LeasePeer> peers() {
    List<LeasePeer> all = new ArrayList<>();
    loops.values().forEach(loop -> all.addAll(loop.peers));
    return all;
  }

  /** A peer has said its name: an earlier one of that name hands over what it has. */
  void named(String name, LeasePeer peer) {
    LeasePeer before = byName.put(name, peer);
    if (before != null && before != peer) {
      if (before.isConnected()) {
        complain(
            "%s and at %s".formatted(before, peer.address()),
            "two connections of the name %s, of which the earlier is closed; if this goes on, two"
                    .formatted(name)
                + " peers have the same name (expected: a name of its own for each)");
      }
      before.handOver(peer);
    }
  }

  /** Forgets a peer that has nothing any more. On its loop. */
  void forget(@Nullable String name, LeasePeer peer) {
    loopOf(peer).peers.remove(peer);
    if (name != null) {
      byName.remove(name, peer);
    }
  }

  /** Whether the source does not know its targets yet: peers had better use another port. */
  boolean isStandby() {
    return standby;
  }

  /** The source knows its targets from now on: tells the peers. Any thread. */
  void ready() {
    standby = false;
    peers().forEach(LeasePeer::roleChanged);
  }

  /** Tells those that it concerns that a target may not be picked any more. Any thread. */
  void gone(String hostPort) {
    loops.values().forEach(loop -> loop.gone(hostPort));
  }

  /**
   * Whether the port is closed: a peer that comes now is closed, and one that goes has no grace.
   */
  boolean isClosed() {
    return closed;
  }

  /** Ends all peers, and releases what they had. */
  void close() {
    closed = true;
    peerLog.close();
    peers().forEach(LeasePeer::close);
  }

  /** Logs what is wrong with a peer, not too often. */
  void complain(String peer, String problem) {
    complaints.add(peer, problem);
  }
}
