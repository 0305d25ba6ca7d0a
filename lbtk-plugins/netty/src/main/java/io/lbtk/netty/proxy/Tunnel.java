package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client, from accepted to closed: waits for a token, connects to its target,
 * again with another token if that fails, then relays until both directions have ended.
 *
 * <p>All of it happens on one loop. One timer serves all the times that it keeps: it looks what is
 * due, so that a byte that goes through costs no timer. Every token that comes here is released
 * once: {@link #release} is the only place that knows of one.
 */
final class Tunnel implements Runnable, BiConsumer<@Nullable Token, @Nullable Throwable> {

  /**
   * A client is not watched for its end while the tunnel is being made, unless that takes longer:
   * nobody gives up so soon, but one who has nothing to say may send his FIN at once.
   */
  private static final long WATCH_NANOS = 100_000_000;

  /** What a client still sends to a target that is gone is thrown away for so long. */
  private static final long LINGER_NANOS = 5_000_000_000L;

  private final ProxyLoop loop;
  private final TunnelSettings settings;
  private final TunnelEnd client;
  private @Nullable TunnelEnd target;

  private @Nullable CompletableFuture<Token> demand;
  private @Nullable Attempt attempt;
  private @Nullable Token token;
  private @Nullable Set<String> tried;
  private int attempts;

  /** When the first attempt began: the wait for its token is none of them. */
  private long began;

  private long connectNanos;
  private long connectedAt;

  private @Nullable Future<?> timer;
  private long timerAt;
  private long demandDeadline;
  private long lastActivity;
  private boolean watching;
  private boolean lingering;
  private boolean closed;

  /**
   * A tunnel that does nothing yet.
   *
   * @param client makes the side of the client, who is connected already
   */
  Tunnel(ProxyLoop loop, Function<Tunnel, TunnelEnd> client) {
    this.loop = loop;
    this.settings = loop.settings();
    this.client = client.apply(this);
  }

  /** The side of the client. */
  TunnelEnd client() {
    return client;
  }

  boolean isClosed() {
    return closed;
  }

  /** Begins it; called once, on the loop. */
  void begin() {
    long now = System.nanoTime();
    loop.opened(this, now);
    if (loop.isClosed()) {
      abort();
    } else {
      take(now);
    }
  }

  private void take(long now) {
    Demand wanted = demand(now);
    CompletableFuture<Token> future;
    try {
      future = loop.take(wanted);
    } catch (RuntimeException e) {
      future = CompletableFuture.failedFuture(e);
    }
    if (future.isDone()) {
      takeNow(future);
    } else {
      demand = future;
      demandDeadline = now + wanted.within().toNanos();
      arm(now + WATCH_NANOS, now);
      var unused = future.whenComplete(this);
    }
  }

  private Demand demand(long now) {
    Demand wanted = settings.demand();
    Set<String> excluded = tried;
    if (excluded != null) {
      Duration left = Duration.ofNanos(Math.max(0, began + settings.attemptsNanos() - now));
      wanted = wanted.excluding(excluded);
      if (left.compareTo(wanted.within()) < 0) {
        wanted = wanted.within(left);
      }
    }
    if (settings.key() == DemandKey.CLIENT_ADDRESS) {
      InetSocketAddress address = client.remoteAddress();
      if (address != null) {
        wanted = wanted.withKey(address.getAddress().getHostAddress());
      }
    }
    return wanted;
  }

  private void takeNow(CompletableFuture<Token> future) {
    Token taken = null;
    Throwable error = null;
    try {
      taken = future.join();
    } catch (CancellationException | CompletionException e) {
      error = e;
    }
    taken(taken, error);
  }

  /** The demand was answered, on any thread. */
  @Override
  public void accept(@Nullable Token taken, @Nullable Throwable error) {
    if (loop.executor().inEventLoop()) {
      taken(taken, error);
      return;
    }
    try {
      loop.executor().execute(() -> taken(taken, error));
    } catch (RejectedExecutionException e) {
      if (taken != null) {
        taken.release(Outcome.unused());
      }
    }
  }

  private void taken(@Nullable Token taken, @Nullable Throwable error) {
    demand = null;
    if (closed) {
      if (taken != null) {
        taken.release(Outcome.unused());
      }
      return;
    }
    long now = System.nanoTime();
    if (taken == null) {
      loop.noToken(error, now);
      close(Outcome.Kind.UNUSED);
      return;
    }
    loop.tokenTaken(now);
    token = taken;
    if (attempts == 0) {
      began = now;
    }
    long deadline = now + Math.min(settings.connectNanos(), began + settings.attemptsNanos() - now);
    Attempt started = new Attempt(this, loop, taken, now, deadline);
    attempt = started;
    arm(Math.min(WATCH_NANOS, deadline - now) + now, now);
    if (tried != null && tried.contains(taken.target().hostPort())) {
      // Some sources cannot exclude: such a token is one attempt, and says nothing of the target.
      started.cancel();
      attemptFailed(started, Outcome.Kind.UNUSED, null);
    } else {
      started.start();
    }
  }

  /** An attempt waits for another address now. */
  void attemptDeadlineChanged(Attempt changed) {
    if (attempt == changed) {
      arm(changed.deadline(), System.nanoTime());
    }
  }

  /** An attempt has ended without a connection. */
  void attemptFailed(Attempt failed, Outcome.Kind kind, @Nullable Throwable cause) {
    if (closed || attempt != failed) {
      return;
    }
    attempt = null;
    long now = System.nanoTime();
    if (kind != Outcome.Kind.UNUSED) {
      loop.failed(failed.token().target(), reason(kind, cause), now);
    }
    if (tried == null) {
      tried = new LinkedHashSet<>();
    }
    tried.add(failed.token().target().hostPort());
    attempts++;
    release(kind);
    if (cause instanceof ChannelException
        || attempts >= settings.attempts()
        || now - began >= settings.attemptsNanos()
        || !loop.mayRetry(now)) {
      close(Outcome.Kind.UNUSED);
    } else {
      take(now);
    }
  }

  private String reason(Outcome.Kind kind, @Nullable Throwable cause) {
    if (kind == Outcome.Kind.TIMEOUT) {
      return "it did not accept a connection in time (connect-timeout %d ms)"
          .formatted(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
    }
    return cause == null ? "its name was not resolved in time" : String.valueOf(cause.getMessage());
  }

  /** The target has accepted the connection: from now on this tunnel relays. */
  void connected(Attempt succeeded, TunnelEnd end) {
    long now = System.nanoTime();
    loop.connected(succeeded.token().target(), now);
    connectNanos = now - succeeded.began();
    connectedAt = now;
    lastActivity = now;
    attempt = null;
    target = end;
    client.pairWith(end);
    end.pairWith(client);
    client.relay();
    if (!closed) {
      end.relay();
    }
  }

  /** A side has ended before the tunnel stood: only the client's can. */
  void gone(TunnelEnd end) {
    if (end == client) {
      close(Outcome.Kind.UNUSED);
    }
  }

  /** Bytes went through. */
  void touch() {
    lastActivity = System.nanoTime();
  }

  /** A direction has ended, one way or the other: looks whether the tunnel has, too. */
  void advance() {
    TunnelEnd server = target;
    if (closed || server == null) {
      return;
    }
    boolean upDone = client.inputDone() && server.outputDone();
    boolean downDone = server.inputDone() && client.outputDone();
    boolean reset = (upDone && client.wasReset()) || (downDone && server.wasReset());
    if (reset) {
      close(Outcome.Kind.RESET);
    } else if (upDone && downDone) {
      close(Outcome.Kind.CLOSED);
    } else if ((upDone && client.isGone()) || (downDone && server.isGone())) {
      linger();
    }
  }

  /**
   * One side is gone and the other has got all of it, but still sends. To close now would make the
   * kernel throw away what that side has not read yet; so its bytes go nowhere for a moment.
   */
  private void linger() {
    if (!lingering) {
      lingering = true;
      long now = System.nanoTime();
      lastActivity = now;
      arm(now + lingerNanos(), now);
    }
  }

  private long lingerNanos() {
    return Math.min(LINGER_NANOS, settings.finNanos());
  }

  /** Closes it, whatever it does. */
  void abort() {
    close(target == null ? Outcome.Kind.UNUSED : Outcome.Kind.CLOSED);
  }

  private void close(Outcome.Kind kind) {
    if (closed) {
      return;
    }
    closed = true;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    boolean hard = kind == Outcome.Kind.RESET;
    if (target != null) {
      target.close(hard);
    }
    client.close(hard);
    if (demand != null) {
      demand.cancel(false);
      demand = null;
    }
    if (attempt != null) {
      attempt.cancel();
      attempt = null;
    }
    release(kind);
    loop.ended(this);
  }

  private void release(Outcome.Kind kind) {
    Token released = token;
    TunnelEnd server = target;
    if (released == null) {
      return;
    }
    token = null;
    if (server == null) {
      released.release(outcome(kind));
    } else {
      long session = System.nanoTime() - connectedAt;
      released.release(
          outcome(kind)
              .withConnectTime(Duration.ofNanos(connectNanos))
              .withSessionTime(Duration.ofNanos(session))
              .withBytes(client.relayed(), server.relayed()));
    }
  }

  private static Outcome outcome(Outcome.Kind kind) {
    return switch (kind) {
      case CLOSED -> Outcome.closed();
      case REFUSED -> Outcome.refused();
      case TIMEOUT -> Outcome.timeout();
      case RESET -> Outcome.reset();
      case UNUSED -> Outcome.unused();
    };
  }

  private void arm(long deadline, long now) {
    if (timer != null) {
      if (timerAt - deadline <= 0) {
        return;
      }
      timer.cancel(false);
    }
    timerAt = deadline;
    timer = loop.executor().schedule(this, Math.max(0, deadline - now), TimeUnit.NANOSECONDS);
  }

  /** The timer: does what is due, and comes back for the rest. */
  @Override
  public void run() {
    timer = null;
    if (closed) {
      return;
    }
    long now = System.nanoTime();
    if (target != null) {
      checkIdle(now);
      return;
    }
    if (!watching) {
      watching = true;
      client.watch();
    }
    Attempt current = attempt;
    if (current == null) {
      checkDemand(now);
    } else if (current.deadline() - now <= 0) {
      current.expire();
    } else {
      arm(current.deadline(), now);
    }
  }

  private void checkDemand(long now) {
    if (demandDeadline - now <= 0) {
      loop.noToken(null, now);
      close(Outcome.Kind.UNUSED);
    } else {
      arm(demandDeadline, now);
    }
  }

  private void checkIdle(long now) {
    long fin = settings.finNanos();
    long limit = settings.idleNanos();
    TunnelEnd server = target;
    if (lingering) {
      limit = lingerNanos();
    } else if (server != null && isEnding(server)) {
      limit = fin;
    }
    long left = lastActivity + limit - now;
    if (limit > 0 && left <= 0) {
      close(Outcome.Kind.CLOSED);
    } else {
      // Not later than the FIN timeout, which may begin to count at any moment.
      arm(now + (limit > 0 ? Math.min(left, fin) : fin), now);
    }
  }

  /**
   * Whether a side has ended and nothing is on its way any more. As long as something is, a slow
   * reader has the time of any other tunnel: the FIN timeout would cost it what was sent before.
   */
  private boolean isEnding(TunnelEnd server) {
    if (client.wasReset() || server.wasReset()) {
      return true;
    }
    return (client.inputDone() || server.inputDone()) && !client.isBehind() && !server.isBehind();
  }

  @Override
  public String toString() {
    return loop.name();
  }
}
