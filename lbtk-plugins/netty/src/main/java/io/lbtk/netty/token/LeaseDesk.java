package io.lbtk.netty.token;

import io.lbtk.api.Ticker;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.OnLoop;
import io.lbtk.netty.lease.TokenIds;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the lease peers of a port share. Thread-safe. */
final class LeaseDesk {

  private static final Logger log = LoggerFactory.getLogger(LeaseDesk.class);
  private static final int RADIX = 36;

  final TokenSource source;
  final PortOptions options;
  final Ticker ticker;
  final PortCounters counters;
  final HostPorts hostPorts;
  final HeldTokens held;

  /** New with every start, so that no id is used twice. */
  final String epoch = Long.toUnsignedString(new SecureRandom().nextLong(), RADIX);

  final TokenIds ids = new TokenIds(epoch);

  /** Every peer that is connected, or that went and whose tokens still count. */
  final Set<LeasePeer> peers = ConcurrentHashMap.newKeySet();

  private volatile boolean standby = true;
  private final Iterable<EventExecutor> loops;
  private final AtomicReference<String> complaint = new AtomicReference<>("");
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, LeasePeer> byName = new ConcurrentHashMap<>();

  LeaseDesk(
      Iterable<EventExecutor> loops,
      TokenSource source,
      PortOptions options,
      Ticker ticker,
      PortCounters counters,
      HostPorts hostPorts) {
    this.loops = loops;
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

  /** A peer has said its name: an earlier one of that name hands over what it has. */
  void named(String name, LeasePeer peer) {
    LeasePeer before = byName.put(name, peer);
    if (before != null && before != peer) {
      before.handOver(peer);
    }
  }

  /** Forgets a peer that has nothing any more. */
  void forget(@Nullable String name, LeasePeer peer) {
    peers.remove(peer);
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
    for (LeasePeer peer : peers) {
      peer.roleChanged();
    }
  }

  /** Tells those that it concerns that a target may not be picked any more. Any thread. */
  void gone(String hostPort) {
    for (EventExecutor loop : loops) {
      OnLoop.post(
          loop,
          () -> goneOn(loop, hostPort),
          () -> log.trace("the port was closed: nobody is left to be told"));
    }
  }

  private void goneOn(EventExecutor loop, String hostPort) {
    for (LeasePeer peer : peers) {
      if (peer.isOn(loop)) {
        peer.gone(hostPort);
      }
    }
  }

  /** Ends all peers, and releases what they had. */
  void close() {
    peers.forEach(LeasePeer::close);
  }

  /** Says in the log what is wrong with a peer; not the same again and again. */
  void complain(String peer, String problem) {
    if (problem.equals(complaint.getAndSet(problem))) {
      log.debug("lease peer {}: {}", peer, problem);
    } else {
      log.warn("lease peer {}: {}; closed", peer, problem);
    }
  }
}
