package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.core.source.Listeners;
import io.lbtk.tokenport.zmtp.SocketType;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PULL socket: keeps a few targets that somebody pushes, and drops them when they get old, so
 * that what is taken is fresh. All state belongs to the event loop; calls by other threads go
 * there.
 */
public final class PullTokenSource implements RemoteTokenSource {

  /** When so many are kept, no more is read. */
  static final int PREFETCH = 16;

  /** A target that was kept for longer is dropped. */
  static final Duration MAX_AGE = Duration.ofSeconds(1);

  /** What waits in the kernel is as stale as what waits here, and cannot be told from fresh. */
  private static final int RECEIVE_BUFFER = 1024;

  private static final int READ_AT_ONCE = 512;

  private static final Logger log = LoggerFactory.getLogger(PullTokenSource.class);

  private final String address;
  private final ClientLoop loop;
  private final Consumer<PullTokenSource> whenClosed;
  private final ZmtpConnector connector;
  private final Listeners<Boolean> connectionListeners = new Listeners<>();
  private volatile boolean connected;
  private volatile boolean standby;

  private final Deque<Kept> kept = new ArrayDeque<>();
  private final Set<PullDemand> waiting = new LinkedHashSet<>();
  private @Nullable PullSession session;
  private boolean sweepScheduled;
  private boolean garbageNamed;
  private boolean closed;

  /**
   * A socket that does not connect yet.
   *
   * @param whenClosed told once, when this was closed
   */
  public PullTokenSource(
      URI address, ClientLoop loop, ClientNetwork network, Consumer<PullTokenSource> whenClosed) {
    this.address = address.toString();
    this.loop = loop;
    this.whenClosed = whenClosed;
    this.connector =
        new ZmtpConnector(
            loop.eventLoop(),
            PortAddress.of(address),
            this.address,
            network,
            SocketType.PULL,
            SocketType.PUSH,
            PullTokenSource::readLittle,
            () -> new PullSession(this));
  }

  private static void readLittle(Bootstrap bootstrap) {
    bootstrap.option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER);
    bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_AT_ONCE));
  }

  public void start() {
    loop.run(connector::start);
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    PullDemand one = new PullDemand(demand, this::withdraw);
    if (!loop.run(() -> serve(one))) {
      one.completeExceptionally(failure(demand, Shortage.CLOSED));
    }
    return one;
  }

  private void serve(PullDemand one) {
    if (one.isDone()) {
      return;
    }
    Target target = firstKept(one.demand);
    if (closed) {
      end(one, Shortage.CLOSED);
    } else if (target != null) {
      deliver(one, target);
    } else if (one.demand.timeout().isZero()) {
      end(one, Shortage.EXPIRED);
    } else {
      await(one);
    }
    read();
  }

  private void await(PullDemand one) {
    waiting.add(one);
    long patience = one.demand.timeout().toNanos();
    one.expiry = loop.eventLoop().schedule(() -> expire(one), patience, TimeUnit.NANOSECONDS);
    loop.call(() -> one.demand.reportShortage(Shortage.EMPTY));
  }

  private @Nullable Target firstKept(Demand demand) {
    dropOld();
    for (Iterator<Kept> all = kept.iterator(); all.hasNext(); ) {
      Target target = all.next().target();
      if (!demand.excludes(target)) {
        all.remove();
        return target;
      }
    }
    return null;
  }

  /** Gives the target to a taker, or to the next where that one no longer wants it. */
  private void deliver(PullDemand one, Target target) {
    one.stopExpiry();
    loop.call(
        () -> {
          if (!one.complete(new PullToken(target))) {
            loop.run(() -> offer(target));
          }
        });
  }

  private void offer(Target target) {
    if (closed) {
      return;
    }
    PullDemand taker = firstTaker(target);
    if (taker != null) {
      deliver(taker, target);
    } else {
      keep(target);
    }
    read();
  }

  private void expire(PullDemand one) {
    if (waiting.remove(one)) {
      end(one, Shortage.EXPIRED);
      read();
    }
  }

  private void end(PullDemand one, Shortage shortage) {
    one.stopExpiry();
    NoTokenException failure = failure(one.demand, shortage);
    if (!loop.call(() -> one.completeExceptionally(failure))) {
      one.completeExceptionally(failure);
    }
  }

  private NoTokenException failure(Demand demand, Shortage shortage) {
    String where = connected ? address : address + (standby ? " (a standby)" : " (not connected)");
    String message =
        shortage == Shortage.CLOSED
            ? "the connection was closed here"
            : "no token within " + demand.timeout().toMillis() + " ms";
    return new NoTokenException(shortage, where + ": " + message);
  }

  private void withdraw(PullDemand one) {
    loop.run(
        () -> {
          one.stopExpiry();
          waiting.remove(one);
          read();
        });
  }

  /** Reads on, unless as much is kept as should be. */
  private void read() {
    if (session != null) {
      session.reads(!waiting.isEmpty() || kept.size() < PREFETCH);
    }
  }

  void message(String text) {
    Target target;
    try {
      target = Target.parse(text);
    } catch (IllegalArgumentException e) {
      if (!garbageNamed) {
        garbageNamed = true;
        log.warn("{}: a message is no target, and passed over: {}", address, e.getMessage());
      }
      return;
    }
    if (standby) {
      // The other end cannot say that it is no standby any more, but a standby pushes nothing.
      role(false);
    }
    offer(target);
  }

  private @Nullable PullDemand firstTaker(Target target) {
    for (PullDemand one : waiting) {
      if (!one.demand.excludes(target)) {
        waiting.remove(one);
        return one;
      }
    }
    return null;
  }

  private void keep(Target target) {
    // Those who wait want none of what is kept: it makes room for what they may want.
    if (!waiting.isEmpty() && kept.size() >= PREFETCH) {
      kept.remove();
    }
    kept.add(new Kept(target, System.nanoTime()));
    scheduleSweep();
  }

  private void dropOld() {
    if (!kept.isEmpty()) {
      long now = System.nanoTime();
      kept.removeIf(one -> now - one.since() >= MAX_AGE.toNanos());
    }
  }

  private void scheduleSweep() {
    Kept oldest = kept.peek();
    if (oldest != null && !sweepScheduled) {
      sweepScheduled = true;
      long delay = oldest.since() + MAX_AGE.toNanos() - System.nanoTime();
      loop.eventLoop().schedule(this::sweep, delay, TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweepScheduled = false;
    dropOld();
    scheduleSweep();
    read();
  }

  void connected(PullSession by, boolean asStandby) {
    if (!closed) {
      session = by;
      garbageNamed = false;
      connector.established();
      role(asStandby);
      read();
    }
  }

  private void role(boolean asStandby) {
    standby = asStandby;
    connector.role(asStandby);
    connected(!asStandby);
  }

  private void connected(boolean now) {
    if (connected != now) {
      connected = now;
      loop.call(() -> connectionListeners.tell(now));
    }
  }

  void disconnected(PullSession by) {
    if (session == by) {
      session = null;
      standby = false;
      connected(false);
    }
  }

  void failing(String reason) {
    connector.failing(reason);
  }

  @Override
  public boolean connected() {
    return connected;
  }

  @Override
  public Subscription onConnection(Consumer<Boolean> listener) {
    return connectionListeners.add(listener);
  }

  /** {@inheritDoc} Nobody counts here, so there is nothing to leave. */
  @Override
  public void leave() {}

  @Override
  public void close() {
    loop.run(this::closeNow);
  }

  private void closeNow() {
    if (closed) {
      return;
    }
    closed = true;
    kept.clear();
    List<PullDemand> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(one -> end(one, Shortage.CLOSED));
    connector.stop();
    whenClosed.accept(this);
  }

  /** The address, for logs. */
  @Override
  public String toString() {
    return address;
  }

  private record Kept(Target target, long since) {}

  /** A token that nobody wants back. A class, not a record: each is another. */
  private static final class PullToken implements Token {

    private final Target target;

    PullToken(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {}
  }
}
