package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.Outcome;
import io.lbtk.api.Subscription;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches some tokens ahead, so that a taker need not wait for a round trip.
 *
 * <p>Tokens fetched ahead count as taken. They are returned unused when they get too old, and at
 * once when their target is gone; none are fetched again before a token is taken, so that an idle
 * source holds none. Fetching never waits for a target: while there is a shortage, only demands
 * wait, in order, and nothing is fetched. A shortage begins when a demand has to wait, or when a
 * token to keep is not available at once, and ends with the next demand that is served at once.
 *
 * <p>A demand with a key goes straight to the source within, for its target depends on the key. So
 * does one that excludes targets: served from the window, a retry would take the token of a healthy
 * target that was fetched for another taker, and leave the token of the failing one to that taker.
 */
public final class WindowTokenSource extends ForwardingTokenSource {

  /** The largest window. */
  public static final int MAX_WINDOW = 1024;

  /** The default time for which a token is kept. */
  public static final Duration DEFAULT_MAX_AGE = Duration.ofSeconds(1);

  private static final Demand AT_ONCE = Demand.any().timeout(Duration.ZERO);

  private final TokenSource source;
  private final int window;
  private final long maxAgeNanos;
  private final ScheduledExecutorService scheduler;
  private final Ticker ticker;
  private final Subscription goneSubscription;
  private final SynchronizationContext serial = new SynchronizationContext("token window");

  private final Deque<Ahead> ahead = new ArrayDeque<>();
  private final Set<PendingTake> waiting = new LinkedHashSet<>();
  private int fetching;
  private long gone;
  private boolean shortage;
  private boolean sweepScheduled;
  private boolean closed;

  /**
   * Puts a window in front of a source.
   *
   * @param source the source, closed with this
   * @param window the number of tokens to keep, 0 to {@link #MAX_WINDOW}; with 0 nothing is fetched
   *     ahead
   * @param maxAge the age at which tokens are returned unused
   * @param scheduler the scheduler of the sweeps for old tokens; the caller closes it
   * @throws IllegalArgumentException if the window is out of its range
   */
  public WindowTokenSource(
      TokenSource source,
      int window,
      Duration maxAge,
      ScheduledExecutorService scheduler,
      Ticker ticker) {
    if (window < 0 || window > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "window %d (expected: 0 to %d)".formatted(window, MAX_WINDOW));
    }
    this.source = source;
    this.window = window;
    this.maxAgeNanos = maxAge.toNanos();
    this.scheduler = scheduler;
    this.ticker = ticker;
    this.goneSubscription =
        window == 0 ? () -> {} : source.onGone(hostPort -> serial.execute(() -> drop(hostPort)));
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    if (window == 0 || demand.key().isPresent() || !demand.excluded().isEmpty()) {
      return source.take(demand);
    }
    PendingTake asked = new PendingTake(demand, this::withdraw, ticker.nanoTime());
    serial.execute(() -> serve(asked));
    return asked;
  }

  private void serve(PendingTake asked) {
    returnOld();
    Ahead first = ahead.poll();
    if (first != null) {
      asked.deliver(first.token());
    } else {
      waiting.add(asked);
      CompletableFuture<Token> behind =
          asked.askOf(source, ticker.nanoTime(), () -> serial.execute(() -> reportShortage(asked)));
      long asOf = gone;
      behind.whenComplete((t, failure) -> serial.execute(() -> answered(asked, t, failure, asOf)));
    }
    fetch();
  }

  /**
   * Fetches at least half a window at a time, so that many takes become one request to the source.
   */
  private void fetch() {
    int missing = window - ahead.size() - fetching;
    if (missing * 2 < window || closed || shortage) {
      return;
    }
    fetching += missing;
    long asOf = gone;
    for (int i = 0; i < missing; i++) {
      source
          .take(AT_ONCE)
          .whenComplete(
              (token, failure) ->
                  serial.execute(
                      () -> {
                        shortage |= token == null;
                        fetched(token, asOf);
                      }));
    }
  }

  private void reportShortage(PendingTake asked) {
    asked.noteWait();
    shortage = true;
  }

  private void fetched(@Nullable Token token, long asOf) {
    fetching--;
    if (token != null) {
      keep(token, asOf);
    }
  }

  private void answered(
      PendingTake asked, @Nullable Token token, @Nullable Throwable failure, long asOf) {
    if (!waiting.remove(asked)) {
      fetched(token, asOf);
    } else if (token != null) {
      asked.deliver(token);
      if (shortage && !asked.hasWaited()) {
        shortage = false;
        fetch();
      }
    } else if (failure != null) {
      asked.completeExceptionally(failure);
    }
  }

  private void keep(Token token, long asOf) {
    if (!waiting.isEmpty()) {
      PendingTake asked = waiting.iterator().next();
      unlink(asked);
      asked.deliver(token);
      return;
    }
    // A target removed meanwhile may be this one, and would not be reported again.
    if (closed || gone != asOf || ahead.size() >= window) {
      token.release(Outcome.unused());
      return;
    }
    ahead.add(new Ahead(token, ticker.nanoTime()));
    scheduleSweep();
  }

  private void scheduleSweep() {
    Ahead oldest = ahead.peek();
    if (oldest != null && !sweepScheduled) {
      sweepScheduled = true;
      long delay = oldest.since() + maxAgeNanos - ticker.nanoTime();
      var unused =
          scheduler.schedule(() -> serial.execute(this::sweep), delay, TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    sweepScheduled = false;
    returnOld();
    scheduleSweep();
  }

  private void returnOld() {
    if (ahead.isEmpty()) {
      return;
    }
    long now = ticker.nanoTime();
    for (Ahead oldest = ahead.peek();
        oldest != null && now - oldest.since() >= maxAgeNanos;
        oldest = ahead.peek()) {
      ahead.remove();
      oldest.token().release(Outcome.unused());
    }
  }

  private void drop(String hostPort) {
    gone++;
    ahead.removeIf(
        kept -> {
          boolean drop = kept.token().target().hostPort().equals(hostPort);
          if (drop) {
            kept.token().release(Outcome.unused());
          }
          return drop;
        });
  }

  private void withdraw(PendingTake asked) {
    serial.execute(
        () -> {
          if (waiting.contains(asked)) {
            unlink(asked);
            asked.cancelBehind();
          }
        });
  }

  /** Detaches a demand without a taker: its token counts as fetched ahead from now on. */
  private void unlink(PendingTake asked) {
    waiting.remove(asked);
    fetching++;
  }

  @Override
  protected TokenSource delegate() {
    return source;
  }

  @Override
  public void close() {
    goneSubscription.close();
    serial.execute(
        () -> {
          closed = true;
          ahead.forEach(kept -> kept.token().release(Outcome.unused()));
          ahead.clear();
          source.close();
        });
  }

  private record Ahead(Token token, long since) {}
}
