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
 * Finds the target of a tunnel: takes a token, connects, and retries with another token on failure.
 * Reports the result to the tunnel once, and releases every token that did not lead to a
 * connection. Confined to the event loop of the tunnel.
 */
final class Attempts extends TokenTaker implements Phase {

  /**
   * Delay before the client is watched for its end. Clients do not give up so soon, but a client
   * that has nothing to send may send its FIN at once.
   */
  private static final long WATCH_NANOS = 100_000_000;

  /**
   * Longest time to a refusal that makes the first retry free, as so quick a failure costs little.
   */
  private static final long QUICK_NANOS = 100_000_000;

  /**
   * Most tokens of already tried targets that are taken from a source that cannot exclude targets.
   */
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

  /**
   * True if the next attempt may use any target: the retry is free, or the retry budget has granted
   * it.
   */
  private boolean retryAllowed;

  /**
   * True if the current demand also excludes failing targets that this connection has not tried.
   */
  private boolean avoidsFailing;

  private boolean lastWasReset;

  /** Start of the first attempt, which excludes the wait for its token. */
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

  /** Starts the first attempt; called once. */
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
      // All untried targets have failed recently; any of them may have recovered.
      avoidsFailing = false;
      ask(now);
    } else {
      giveUp();
    }
  }

  /** Returns whether to use the token of a retry. Releases the token if not. */
  private boolean isUseful(Token taken, long now) {
    String hostPort = taken.target().hostPort();
    if (Objects.requireNonNull(tried, "tried").contains(hostPort)) {
      // From a source that cannot exclude targets: this says nothing about the target.
      taken.release(Outcome.unused());
      useless++;
      if (useless < MOST_USELESS && now - began < settings.attemptsNanos()) {
        ask(now);
      } else {
        loop.noToken(
            new NoTokenException(
                Shortage.EXCLUDED, "every token is for a target that was already tried"),
            now);
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
   * Returns whether a target that may be failing can be tried as well. Asks the retry budget at
   * most once per attempt. Targets not known to fail need no budget: the earlier failures put no
   * load on them.
   */
  private boolean isRetryAllowed(long now) {
    retryAllowed = retryAllowed || loop.mayRetry(now);
    return retryAllowed;
  }

  /** Updates the timer after an attempt has moved on to another address. */
  void deadlineChanged(Attempt changed) {
    if (attempt == changed) {
      setTimer(System.nanoTime());
    }
  }

  /** Passes the connection of an attempt to the tunnel. */
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
   * Continues with another target after the connected one has reset the connection before any byte
   * was relayed.
   */
  void reset(Outcome outcome) {
    Attempt broken = Objects.requireNonNull(succeeded, "succeeded");
    succeeded = null;
    ended = false;
    attempt = broken;
    failed(broken, outcome, null);
  }

  /** Handles an attempt that has ended without a connection. */
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
      return "no connection was accepted within %d ms (connect-timeout)"
          .formatted(TimeUnit.NANOSECONDS.toMillis(settings.connectNanos()));
    }
    if (outcome.kind() == Outcome.Kind.RESET) {
      return "a connection was accepted and reset before any byte was relayed";
    }
    return cause == null ? "the host name was not resolved in time" : FailureText.of(cause);
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
