package io.lbtk.proxy.tcp;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.net.FailureText;
import io.lbtk.proxy.token.NoTokenReason;
import io.lbtk.proxy.token.TokenTaker;
import io.netty.channel.ChannelException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
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

  /** A target that refuses within this time has cost so little that a first retry is no load. */
  private static final long QUICK_NANOS = 100_000_000;

  /** Tokens of targets that were tried already, from sources that cannot exclude targets. */
  private static final int MOST_USELESS = 64;

  private final Tunnel tunnel;
  private final ProxyLoop loop;
  private final TunnelSettings settings;
  private @Nullable Attempt attempt;
  private @Nullable Attempt succeeded;
  private @Nullable Set<String> tried;
  private int failures;
  private int useless;
  private boolean ended;

  /** Whether the next attempt may go to any target: it is free, or the retry budget has paid it. */
  private boolean retryAllowed;

  /** Whether the current demand excludes more targets than this connection has tried. */
  private boolean avoidsFailing;

  private boolean lastWasReset;

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
    demandDeadline = now + wanted.timeout().toNanos();
    take(wanted);
    if (isTaking()) {
      setTimer(now);
    }
  }

  private Demand demand(long now) {
    Demand wanted = settings.demand();
    if (tried != null) {
      Set<String> excluded = avoidsFailing ? loop.failing().addTo(tried, now) : tried;
      avoidsFailing = excluded.size() > tried.size();
      Duration left = Duration.ofNanos(Math.max(0, began + settings.attemptsNanos() - now));
      wanted = wanted.excluding(excluded);
      if (left.compareTo(wanted.timeout()) < 0) {
        wanted = wanted.timeout(left);
      }
    }
    return settings.key().addTo(wanted, tunnel::clientAddress);
  }

  @Override
  public void taken(@Nullable Token taken, @Nullable Throwable error) {
    long now = System.nanoTime();
    if (taken == null) {
      notTaken(error, now);
      return;
    }
    loop.tokenTaken(now);
    if (tried != null && !isUseful(taken, now)) {
      return;
    }
    if (failures == 0) {
      began = now;
    }
    long deadline = now + Math.min(settings.connectNanos(), began + settings.attemptsNanos() - now);
    Attempt started = new Attempt(tunnel, this, loop, taken, now, deadline);
    attempt = started;
    setTimer(now);
    started.start();
  }

  private void notTaken(@Nullable Throwable error, long now) {
    boolean excluded =
        NoTokenReason.shortage(error).filter(why -> why == Shortage.EXCLUDED).isPresent();
    if (!excluded || !avoidsFailing) {
      loop.noToken(error, now);
      giveUp();
    } else if (isRetryAllowed(now)) {
      // Every target that was not tried has failed of late: any of them may be back.
      avoidsFailing = false;
      ask(now);
    } else {
      giveUp();
    }
  }

  /** Returns whether the token of a retry is to be used; if not, it was released. */
  private boolean isUseful(Token taken, long now) {
    String hostPort = taken.target().hostPort();
    if (Objects.requireNonNull(tried, "tried").contains(hostPort)) {
      // Some sources cannot exclude: such a token says nothing of the target.
      taken.release(Outcome.unused());
      useless++;
      if (useless < MOST_USELESS && now - began < settings.attemptsNanos()) {
        ask(now);
      } else {
        loop.noToken(
            new NoTokenException(Shortage.EXCLUDED, "all tokens are of targets tried before"), now);
        giveUp();
      }
      return false;
    }
    if (loop.failing().contains(hostPort, now) && !isRetryAllowed(now)) {
      taken.release(Outcome.unused());
      giveUp();
      return false;
    }
    return true;
  }

  /**
   * Returns whether a target may be tried that may be failing, too; asks the retry budget unless
   * that was answered. Targets that are not known to fail need no budget: what failed before has
   * put no load on them.
   */
  private boolean isRetryAllowed(long now) {
    retryAllowed = retryAllowed || loop.mayRetry(now);
    return retryAllowed;
  }

  /** An attempt waits for another address now. */
  void deadlineChanged(Attempt changed) {
    if (attempt == changed) {
      setTimer(System.nanoTime());
    }
  }

  /** An attempt has a connection. */
  void connected(Attempt made, TunnelEnd end) {
    attempt = null;
    succeeded = made;
    ended = true;
    tunnel.connected(this, made, end);
  }

  /** Returns whether {@link #reset} may be called now. */
  boolean mayFailYet(long now) {
    return succeeded != null
        && failures + 1 < settings.attempts()
        && now - began < settings.attemptsNanos();
  }

  /**
   * Goes on with another target, since the one that was connected has reset the connection before a
   * byte went either way.
   */
  void reset(Outcome outcome) {
    Attempt broken = Objects.requireNonNull(succeeded, "succeeded");
    succeeded = null;
    ended = false;
    attempt = broken;
    failed(broken, outcome, null);
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
    lastWasReset = outcome.kind() == Outcome.Kind.RESET;
    retryAllowed =
        failures == 1
            && outcome.kind() != Outcome.Kind.TIMEOUT
            && now - failed.began() < QUICK_NANOS;
    failed.token().release(outcome);
    if (cause instanceof ChannelException
        || failures >= settings.attempts()
        || now - began >= settings.attemptsNanos()) {
      giveUp();
    } else {
      avoidsFailing = true;
      ask(now);
    }
  }

  private String reason(Outcome outcome, @Nullable Throwable cause) {
    if (outcome.kind() == Outcome.Kind.TIMEOUT) {
      return "it did not accept a connection in time (connect-timeout %d ms)"
          .formatted(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
    }
    if (outcome.kind() == Outcome.Kind.RESET) {
      return "it accepted a connection and reset it before a byte went through";
    }
    return cause == null ? "its name was not resolved in time" : FailureText.of(cause);
  }

  private void giveUp() {
    ended = true;
    stopTaking();
    tunnel.noTarget(lastWasReset);
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
