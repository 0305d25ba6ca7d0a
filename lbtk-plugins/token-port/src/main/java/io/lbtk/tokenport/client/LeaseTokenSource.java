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
 * A lease peer: asks a token port for each token, and tells it how the connection ended.
 *
 * <p>All state belongs to the event loop; calls by other threads go there. What is asked for within
 * one tick of the loop goes out together. That a connection has ended in order can wait a little
 * where many do, so that it goes out with others: a message costs more than a line.
 */
final class LeaseTokenSource implements RemoteTokenSource {

  /** Messages that only say what has ended in order are at least so far from the last one. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final String address;
  private final String name;
  private final ClientLoop loop;
  private final Consumer<LeaseTokenSource> whenClosed;
  private final ZmtpConnector connector;
  private final Listeners<Boolean> connectionListeners = new Listeners<>();
  private final Listeners<String> goneListeners = new Listeners<>();
  private final Consumer<LeaseDemand> withdraw = this::withdraw;
  private final LeaseToken.Owner owner = this::release;
  private final Runnable flush = this::flushScheduled;
  private volatile boolean connected;
  private volatile boolean standby;

  private final Wants wants = new Wants(this::end);
  private final Leases leases = new Leases();
  private @Nullable LeaseSession session;
  private @Nullable Future<?> expiry;
  private long expiryAt;
  private boolean flushIsScheduled;
  private boolean lateFlushIsScheduled;
  private long flushedAt = System.nanoTime() - PAUSE_NANOS;
  private boolean closed;

  /**
   * A peer that does not connect yet.
   *
   * @param name the peer's own for its life
   * @param whenClosed told once, when this was closed
   */
  LeaseTokenSource(
      URI address,
      String name,
      ClientLoop loop,
      ClientNetwork network,
      Consumer<LeaseTokenSource> whenClosed) {
    this.address = address.toString();
    this.name = name;
    this.loop = loop;
    this.whenClosed = whenClosed;
    this.connector =
        new ZmtpConnector(
            loop.eventLoop(),
            PortAddress.of(address),
            this.address,
            network,
            SocketType.DEALER,
            SocketType.ROUTER,
            bootstrap -> {},
            () -> new LeaseSession(this));
  }

  void start() {
    loop.run(connector::start);
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
              "%s: a key of %d bytes, which no token port takes (expected: at most %d)"
                  .formatted(address, keyLength, PeerLines.Writer.MAX_KEY)));
    }
    LeaseDemand one = new LeaseDemand(sayable(demand), withdraw);
    if (loop.isHere()) {
      add(one);
    } else if (!loop.run(() -> add(one))) {
      one.completeExceptionally(failure(one.demand, Shortage.CLOSED));
    }
    return one;
  }

  /** The demand in terms that a WANT can say. */
  private static Demand sayable(Demand demand) {
    if (demand.timeout().compareTo(PeerLines.MAX_TIMEOUT) > 0) {
      return sayable(demand.timeout(PeerLines.MAX_TIMEOUT));
    }
    // Mostly there are none, and a stream for each token would be felt.
    if (demand.excluded().isEmpty()
        || demand.excluded().stream().allMatch(LeaseTokenSource::isWord)) {
      return demand;
    }
    // No token port has a target of such a name.
    Set<String> words =
        demand.excluded().stream().filter(LeaseTokenSource::isWord).collect(Collectors.toSet());
    return demand.excluding(words);
  }

  private static boolean isWord(String hostPort) {
    return !hostPort.isEmpty() && hostPort.chars().allMatch(c -> c > ' ' && c <= '~' && c != ',');
  }

  private void add(LeaseDemand one) {
    if (closed) {
      end(one, Shortage.CLOSED);
    } else if (session == null && one.demand.timeout().isZero()) {
      end(one, Shortage.EXPIRED);
    } else if (!one.isDone()) {
      long now = System.nanoTime();
      Want want = wants.add(one, now);
      scheduleExpiry(Wants.due(want, session != null), now);
      scheduleFlush();
    }
  }

  private void end(LeaseDemand one, Shortage shortage) {
    NoTokenException failure = failure(one.demand, shortage);
    if (!loop.call(() -> one.completeExceptionally(failure))) {
      one.completeExceptionally(failure);
    }
  }

  private NoTokenException failure(Demand demand, Shortage shortage) {
    String message =
        switch (shortage) {
          case EXCLUDED -> "every target that may be picked is excluded by the demand";
          case EXPIRED -> "no token within " + demand.timeout().toMillis() + " ms";
          case CLOSED -> "the connection was closed here";
          default -> "no token";
        };
    String where = connected ? address : address + (standby ? " (a standby)" : " (not connected)");
    return new NoTokenException(shortage, where + ": " + message);
  }

  private void withdraw(LeaseDemand one) {
    loop.run(
        () -> {
          wants.withdraw(one, out());
          scheduleFlush();
        });
  }

  private void release(LeaseToken token, Outcome outcome) {
    if (loop.isHere()) {
      releaseNow(token, outcome);
    } else {
      loop.run(() -> releaseNow(token, outcome));
    }
  }

  private void releaseNow(LeaseToken token, Outcome outcome) {
    leases.release(token, outcome, out());
    if (outcome.kind() == Outcome.Kind.CLOSED) {
      scheduleLateFlush();
    } else {
      scheduleFlush();
    }
  }

  /** {@inheritDoc} While there is no connection it is kept in mind, and declared with the next. */
  @Override
  public Token hold(Target target) {
    LeaseToken token = new LeaseToken(target, null, owner);
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
          leases.leave();
          PeerLines.Writer out = out();
          if (out != null) {
            out.bye();
            wants.forgotten();
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

  /** Ends the tick: all that is to be said goes out. */
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

  /** The token port has said HELLO, for the first time or anew: it knows nothing of this peer. */
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
    leases.connected();
    wants.forgotten();
    flush();
    if (!again) {
      connector.established();
    }
    role(by, asStandby);
  }

  /** The token port has said whether it gives tokens. */
  void role(LeaseSession by, boolean asStandby) {
    if (session == by) {
      standby = asStandby;
      connector.role(asStandby);
      connected(!asStandby);
    }
  }

  private void connected(boolean now) {
    if (connected != now) {
      connected = now;
      loop.call(() -> connectionListeners.tell(now));
    }
  }

  void disconnected(LeaseSession by) {
    if (session == by) {
      session = null;
      standby = false;
      wants.forgotten();
      expire();
      connected(false);
    }
  }

  void failing(String reason) {
    connector.failing(reason);
  }

  void refused(String text) {
    connector.error(text);
  }

  void token(long wid, Word id, Target target) {
    PeerLines.Writer out = out();
    LeaseDemand one = wants.answered(wid, out);
    if (one == null) {
      if (out != null) {
        out.done(id, Outcome.unused());
      }
      return;
    }
    LeaseToken token = new LeaseToken(target, id.copy(), owner);
    leases.add(token);
    if (loop.isTakers()) {
      deliver(one, token);
    } else if (!loop.call(() -> deliver(one, token))) {
      token.release(Outcome.unused());
    }
  }

  private static void deliver(LeaseDemand one, LeaseToken token) {
    if (!one.complete(token)) {
      token.release(Outcome.unused());
    }
  }

  void none(long wid, Shortage shortage) {
    wants.shortage(wid, shortage);
  }

  void gone(String hostPort) {
    loop.call(() -> goneListeners.tell(hostPort));
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return goneListeners.add(listener);
  }

  @Override
  public boolean connected() {
    return connected;
  }

  @Override
  public Subscription onConnection(Consumer<Boolean> listener) {
    return connectionListeners.add(listener);
  }

  @Override
  public void close() {
    loop.run(this::closeNow);
  }

  private void closeNow() {
    if (closed) {
      return;
    }
    closed = true;
    wants.close();
    leases.leave();
    LeaseSession last = session;
    session = null;
    if (last != null) {
      PeerLines.Writer out = last.out();
      if (out != null) {
        out.bye();
        last.flush();
      }
      standby = false;
      connected(false);
    }
    if (expiry != null) {
      expiry.cancel(false);
    }
    connector.stop();
    whenClosed.accept(this);
  }

  /** The address, for logs. */
  @Override
  public String toString() {
    return address;
  }
}
