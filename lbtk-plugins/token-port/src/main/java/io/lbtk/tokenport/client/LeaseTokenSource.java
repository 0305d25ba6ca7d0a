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
import io.lbtk.tokenport.protocol.PeerLines;
import io.lbtk.tokenport.protocol.Word;
import io.lbtk.tokenport.zmtp.SocketType;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A lease peer: requests each token from a token port, and reports the outcome of its connection.
 *
 * <p>Requests within one tick of the event loop are sent together. Reports of connections that were
 * closed in order may be delayed a little under load to be sent together, since a message costs
 * more than a line.
 */
final class LeaseTokenSource extends PortTokenSource {

  /** Minimum interval before a message that only reports connections closed in order. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final String name;
  private final Listeners<String> goneListeners = new Listeners<>();
  private final Consumer<Wants.PendingTake> withdraw = this::withdraw;
  private final Leases.Owner owner = this::release;
  private final Runnable flush = this::flushScheduled;
  private final Wants wants = new Wants((take, shortage) -> fail(take, take.demand, shortage));
  private final Leases leases = new Leases();
  private @Nullable LeaseSession session;
  private @Nullable Future<?> expiry;
  private long expiryAt;
  private boolean flushIsScheduled;
  private boolean lateFlushIsScheduled;
  private long flushedAt = System.nanoTime() - PAUSE_NANOS;

  /**
   * Creates a peer that is not started.
   *
   * @param address the URI of the token port
   * @param name the unique name of this peer for its lifetime
   * @param loop the event loop of the connection, and the executor of the taker
   * @param network the resources shared by the connections of the transport
   * @param whenClosed called once, when the peer is closed
   */
  LeaseTokenSource(
      URI address,
      String name,
      ClientLoop loop,
      ClientNetwork network,
      Consumer<RemoteTokenSource> whenClosed) {
    super(
        address, loop, network, SocketType.DEALER, SocketType.ROUTER, bootstrap -> {}, whenClosed);
    this.name = name;
  }

  @Override
  ChannelHandler newSession() {
    return new LeaseSession(this);
  }

  private PeerLines.@Nullable Writer out() {
    return session == null ? null : session.out();
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    int keyLength = demand.key().map(key -> key.getBytes(StandardCharsets.UTF_8).length).orElse(0);
    if (keyLength > PeerLines.Writer.MAX_KEY) {
      return CompletableFuture.failedFuture(
          new NoTokenException(
              Shortage.EXPIRED,
              "%s: a key of %d bytes, which no token port accepts (expected: at most %d)"
                  .formatted(address, keyLength, PeerLines.Writer.MAX_KEY)));
    }
    Wants.PendingTake take = new Wants.PendingTake(encodable(demand), withdraw);
    if (loop.inEventLoop()) {
      add(take);
    } else if (!loop.run(() -> add(take))) {
      take.completeExceptionally(failure(take.demand, Shortage.CLOSED));
    }
    return take;
  }

  /** Returns an equivalent demand that a WANT can express. */
  private static Demand encodable(Demand demand) {
    if (demand.timeout().compareTo(PeerLines.MAX_TIMEOUT) > 0) {
      return encodable(demand.timeout(PeerLines.MAX_TIMEOUT));
    }
    // Mostly empty, and a stream per token would be measurable.
    if (demand.excluded().isEmpty()
        || demand.excluded().stream().allMatch(LeaseTokenSource::isWord)) {
      return demand;
    }
    // No token port has a target with any other name.
    Set<String> words =
        demand.excluded().stream().filter(LeaseTokenSource::isWord).collect(Collectors.toSet());
    return demand.excluding(words);
  }

  private static boolean isWord(String hostPort) {
    return !hostPort.isEmpty() && hostPort.chars().allMatch(c -> c > ' ' && c <= '~' && c != ',');
  }

  private void add(Wants.PendingTake take) {
    if (closed) {
      fail(take, take.demand, Shortage.CLOSED);
    } else if (session == null && take.demand.timeout().isZero()) {
      fail(take, take.demand, Shortage.EXPIRED);
    } else if (!take.isDone()) {
      long now = System.nanoTime();
      scheduleExpiry(wants.add(take, now, session != null), now);
      scheduleFlush();
    }
  }

  private void withdraw(Wants.PendingTake take) {
    loop.run(
        () -> {
          wants.withdraw(take, out());
          scheduleFlush();
        });
  }

  private void release(Leases.LeaseToken token, Outcome outcome) {
    if (loop.inEventLoop()) {
      releaseNow(token, outcome);
    } else {
      loop.run(() -> releaseNow(token, outcome));
    }
  }

  private void releaseNow(Leases.LeaseToken token, Outcome outcome) {
    leases.release(token, outcome, out());
    if (outcome.kind() == Outcome.Kind.CLOSED) {
      scheduleLateFlush();
    } else {
      scheduleFlush();
    }
  }

  /** {@inheritDoc} Without a connection, the token is declared on the next one. */
  @Override
  public Token hold(Target target) {
    Leases.LeaseToken token = new Leases.LeaseToken(target, null, owner);
    loop.run(
        () -> {
          leases.add(token);
          scheduleFlush();
        });
    return token;
  }

  @Override
  public void leave() {
    loop.run(
        () -> {
          leases.forgetAll();
          PeerLines.Writer out = out();
          if (out != null) {
            out.bye();
            wants.requeueAll();
            scheduleFlush();
          }
        });
  }

  private void scheduleFlush() {
    if (!flushIsScheduled) {
      flushIsScheduled = true;
      loop.eventLoop().execute(flush);
    }
  }

  private void scheduleLateFlush() {
    if (flushIsScheduled || lateFlushIsScheduled) {
      return;
    }
    long wait = flushedAt + PAUSE_NANOS - System.nanoTime();
    if (wait <= 0) {
      scheduleFlush();
    } else {
      lateFlushIsScheduled = true;
      var unused = loop.eventLoop().schedule(this::flushLate, wait, TimeUnit.NANOSECONDS);
    }
  }

  private void flushLate() {
    lateFlushIsScheduled = false;
    flush();
  }

  private void flushScheduled() {
    flushIsScheduled = false;
    flush();
  }

  /** Sends all pending lines, at the end of a tick. */
  void flush() {
    PeerLines.Writer out = out();
    if (out != null) {
      leases.declare(out);
    }
    flushedAt = System.nanoTime();
    wants.send(out, flushedAt);
    if (session != null) {
      session.flush();
    }
  }

  private void scheduleExpiry(long due, long now) {
    if (expiry != null && due - expiryAt >= 0) {
      return;
    }
    if (expiry != null) {
      expiry.cancel(false);
    }
    expiryAt = due;
    expiry = loop.eventLoop().schedule(this::expire, Math.max(0, due - now), TimeUnit.NANOSECONDS);
  }

  private void expire() {
    if (expiry != null) {
      expiry.cancel(false);
      expiry = null;
    }
    long now = System.nanoTime();
    long next = wants.expire(now, out());
    if (next != now) {
      scheduleExpiry(next, now);
    }
    scheduleFlush();
  }

  /** Handles HELLO of the token port, first or repeated: it has no state of this peer. */
  void greeted(LeaseSession by, boolean asStandby) {
    if (closed) {
      return;
    }
    boolean again = session == by;
    session = by;
    PeerLines.Writer out = out();
    if (out == null) {
      return;
    }
    out.hello(name);
    leases.redeclareAll();
    wants.requeueAll();
    flush();
    if (!again) {
      connector.established();
    }
    role(by, asStandby);
  }

  /** Handles the role that the token port declares. */
  void role(LeaseSession by, boolean asStandby) {
    if (session == by) {
      setRole(asStandby);
    }
  }

  /** Handles the end of a connection. */
  void disconnected(LeaseSession by) {
    if (session == by) {
      session = null;
      standby = false;
      wants.requeueAll();
      expire();
      setConnected(false);
    }
  }

  /** Handles ERROR: the token port is about to close the connection. */
  void refused(String text) {
    connector.error(text);
  }

  /** Handles TOKEN: delivers it to a take of the WANT, or returns it unused. */
  void token(long wid, Word id, Target target) {
    PeerLines.Writer out = out();
    Wants.PendingTake take = wants.answered(wid, out);
    if (take == null) {
      if (out != null) {
        out.done(id, Outcome.unused());
      }
      return;
    }
    Leases.LeaseToken token = new Leases.LeaseToken(target, id.copy(), owner);
    leases.add(token);
    if (loop.deliversOnLoop()) {
      deliver(take, token);
    } else if (!loop.runForTaker(() -> deliver(take, token))) {
      token.release(Outcome.unused());
    }
  }

  private static void deliver(Wants.PendingTake take, Leases.LeaseToken token) {
    if (!take.complete(token)) {
      token.release(Outcome.unused());
    }
  }

  /** Handles NONE: the token port cannot serve a WANT. */
  void none(long wid, Shortage shortage) {
    wants.shortage(wid, shortage);
  }

  /** Handles GONE: notifies the listeners that a target may not be picked any more. */
  void gone(String hostPort) {
    loop.runForTaker(() -> goneListeners.tell(hostPort));
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return goneListeners.add(listener);
  }

  @Override
  void endAll() {
    wants.close();
    leases.forgetAll();
    LeaseSession last = session;
    session = null;
    if (last != null) {
      PeerLines.Writer out = last.out();
      if (out != null) {
        out.bye();
        last.flush();
      }
      standby = false;
      setConnected(false);
    }
    if (expiry != null) {
      expiry.cancel(false);
    }
  }
}
