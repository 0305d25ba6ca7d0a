package io.lbtk.netty.proxy;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.netty.channel.ChannelException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a tunnel comes to its target: waits for a token, connects, again with another token if that
 * fails. Tells the tunnel how that ended, once; a token that did not lead to a connection is
 * released here. Belongs to the loop.
 */
final class Attempts extends TokenTaker implements Phase {

  /**
   * A client is not watched for its end while the tunnel is being made, unless that takes longer:
   * nobody gives up so soon, but one who has nothing to say may send his FIN at once.
   */
  private static final long WATCH_NANOS = 100_000_000;

  private final Tunnel tunnel;
  private final ProxyLoop loop;
  private final TunnelSettings settings;
  private @Nullable Attempt attempt;
  private @Nullable Set<String> tried;
  private int failures;
  private boolean ended;

  /** When the first attempt began: the wait for its token is none of them. */
  private long began;

  private long demandDeadline;
  private long watchAt;
  private boolean watching;

  Attempts(Tunnel tunnel, ProxyLoop loop) {
    super(loop.tokens());
    this.tunnel = tunnel;
    this.loop = loop;
    this.settings = loop.settings();
  }

  /** Begins; called once. */
  void start(long now) {
    watchAt = now + WATCH_NANOS;
    ask(now);
  }

  private void ask(long now) {
    Demand wanted = demand(now);
    take(wanted);
    if (isTaking()) {
      demandDeadline = now + wanted.within().toNanos();
      setTimer(now);
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
    return settings.key().addTo(wanted, tunnel::clientAddress);
  }

  @Override
  void taken(@Nullable Token taken, @Nullable Throwable error) {
    long now = System.nanoTime();
    if (taken == null) {
      loop.noToken(error, now);
      giveUp();
      return;
    }
    loop.tokenTaken(now);
    if (failures == 0) {
      began = now;
    }
    long deadline = now + Math.min(settings.connectNanos(), began + settings.attemptsNanos() - now);
    Attempt started = new Attempt(tunnel, this, loop, taken, now, deadline);
    attempt = started;
    setTimer(now);
    if (tried != null && tried.contains(taken.target().hostPort())) {
      // Some sources cannot exclude: such a token is one attempt, and says nothing of the target.
      started.cancel();
      failed(started, Outcome.unused(), null);
    } else {
      started.start();
    }
  }

  /** An attempt waits for another address now. */
  void deadlineChanged(Attempt changed) {
    if (attempt == changed) {
      setTimer(System.nanoTime());
    }
  }

  /** An attempt has a connection. */
  void connected(Attempt succeeded, TunnelEnd end) {
    attempt = null;
    ended = true;
    tunnel.connected(succeeded, end);
  }

  /** An attempt has ended without a connection. */
  void failed(Attempt failed, Outcome outcome, @Nullable Throwable cause) {
    if (ended || attempt != failed) {
      return;
    }
    attempt = null;
    long now = System.nanoTime();
    if (outcome.kind() != Outcome.Kind.UNUSED) {
      loop.failed(failed.token().target(), reason(outcome, cause), now);
    }
    if (tried == null) {
      tried = new LinkedHashSet<>();
    }
    tried.add(failed.token().target().hostPort());
    failures++;
    failed.token().release(outcome);
    if (cause instanceof ChannelException
        || failures >= settings.attempts()
        || now - began >= settings.attemptsNanos()
        || !loop.mayRetry(now)) {
      giveUp();
    } else {
      ask(now);
    }
  }

  private String reason(Outcome outcome, @Nullable Throwable cause) {
    if (outcome.kind() == Outcome.Kind.TIMEOUT) {
      return "it did not accept a connection in time (connect-timeout %d ms)"
          .formatted(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
    }
    return cause == null ? "its name was not resolved in time" : String.valueOf(cause.getMessage());
  }

  private void giveUp() {
    ended = true;
    stopTaking();
    tunnel.noTarget();
  }

  private void setTimer(long now) {
    Attempt current = attempt;
    long deadline = current == null ? demandDeadline : current.deadline();
    if (!watching && watchAt - deadline < 0) {
      deadline = watchAt;
    }
    loop.timers().set(tunnel, deadline, now);
  }

  @Override
  public void due(long now) {
    if (!watching && watchAt - now <= 0) {
      watching = true;
      tunnel.client().watch();
      if (ended) {
        return;
      }
    }
    Attempt current = attempt;
    if (current != null && current.deadline() - now <= 0) {
      current.expire();
    } else if (current == null && demandDeadline - now <= 0) {
      loop.noToken(null, now);
      giveUp();
    } else {
      setTimer(now);
    }
  }

  @Override
  public void cancel() {
    ended = true;
    stopTaking();
    Attempt current = attempt;
    if (current != null) {
      attempt = null;
      current.cancel();
      current.token().release(Outcome.unused());
    }
  }
}
