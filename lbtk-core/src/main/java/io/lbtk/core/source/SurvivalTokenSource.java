package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.ForwardingTokenSource;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Bridges an outage of its source: while that is not {@linkplain RemoteTokenSource#connected()
 * connected}, which a standby is not either, serves targets that it gave recently, in random order.
 *
 * <p>The list holds the targets seen in the {@link #MEMORY} before the connection was lost, except
 * those reported gone; at most {@link #MAX_TARGETS}. It does not change until the source is back.
 * Limits are not enforced meanwhile, but every token is held at the source, so that it counts as
 * soon as the source is back. With an empty list demands wait for the source.
 */
public final class SurvivalTokenSource extends ForwardingTokenSource {

  /** The time for which a target is remembered. */
  public static final Duration MEMORY = Duration.ofMinutes(10);

  /** The number of targets that are remembered: those seen last. */
  public static final int MAX_TARGETS = 10_000;

  private final RemoteTokenSource source;
  private final Ticker ticker;
  private final SourceLog log;
  private final List<Subscription> subscriptions;
  private final SynchronizationContext serial = new SynchronizationContext("survival list");

  /** The targets by host:port, the one seen last at the end. */
  private final Map<String, Seen> seen = new LinkedHashMap<>();

  private final Set<PendingTake> waiting = new LinkedHashSet<>();
  private List<Target> survivors = List.of();
  private boolean connected;
  private boolean closed;

  /**
   * Creates a survival list in front of a source.
   *
   * @param source the source, closed with this; it is named in the log by its {@code toString()}
   */
  public SurvivalTokenSource(RemoteTokenSource source, Ticker ticker) {
    this(source, ticker, new SourceLog());
  }

  /**
   * Creates a survival list in front of a source.
   *
   * @param source the source, closed with this; it is named in the log by its {@code toString()}
   * @param log the log, which may be shared with other sources
   */
  public SurvivalTokenSource(RemoteTokenSource source, Ticker ticker, SourceLog log) {
    this.source = source;
    this.ticker = ticker;
    this.log = log;
    this.subscriptions =
        List.of(
            source.onConnection(up -> serial.execute(this::connectionChanged)),
            source.onGone(hostPort -> serial.execute(() -> seen.remove(hostPort))));
    serial.execute(this::connectionChanged);
  }

  private void connectionChanged() {
    boolean now = source.connected();
    if (closed || connected == now) {
      return;
    }
    connected = now;
    if (!now) {
      survive();
    } else if (!survivors.isEmpty()) {
      survivors = List.of();
      log.info(source + ": connected, tokens come from there now");
    }
  }

  private void survive() {
    forgetOld();
    survivors = new ArrayList<>(seen.values().stream().map(Seen::target).toList());
    if (survivors.isEmpty()) {
      return;
    }
    log.warn(
        ("%s: gives no tokens (not connected, or a standby); goes on with the targets seen in the"
                + " last %d minutes, at random, without limits")
            .formatted(source, MEMORY.toMinutes()));
    for (PendingTake asked : List.copyOf(waiting)) {
      waiting.remove(asked);
      asked.cancelBehind();
      serveFromList(asked);
    }
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    PendingTake asked = new PendingTake(demand, this::withdraw, ticker.nanoTime());
    serial.execute(() -> serve(asked));
    return asked;
  }

  private void serve(PendingTake asked) {
    if (!survivors.isEmpty() && !closed) {
      serveFromList(asked);
      return;
    }
    waiting.add(asked);
    CompletableFuture<Token> behind = asked.askOf(source, ticker.nanoTime());
    behind.whenComplete((token, failure) -> serial.execute(() -> answered(asked, token, failure)));
  }

  private void answered(PendingTake asked, @Nullable Token token, @Nullable Throwable failure) {
    boolean wanted = waiting.remove(asked);
    if (token != null) {
      remember(token.target());
      asked.deliver(token);
    } else if (failure != null && wanted) {
      asked.completeExceptionally(failure);
    }
  }

  private void serveFromList(PendingTake asked) {
    int start = ThreadLocalRandom.current().nextInt(survivors.size());
    for (int i = 0; i < survivors.size(); i++) {
      Target target = survivors.get((start + i) % survivors.size());
      if (!asked.demand().excludes(target)) {
        asked.deliver(source.hold(target));
        return;
      }
    }
    asked.completeExceptionally(
        new NoTokenException(
            Shortage.EXCLUDED,
            "%s gives no tokens (not connected, or a standby), and all targets seen last (%d) are excluded by the demand"
                .formatted(source, survivors.size())));
  }

  private void remember(Target target) {
    String hostPort = target.hostPort();
    seen.remove(hostPort);
    seen.put(hostPort, new Seen(target, ticker.nanoTime()));
    if (seen.size() > MAX_TARGETS) {
      seen.remove(seen.keySet().iterator().next());
    }
  }

  private void forgetOld() {
    long now = ticker.nanoTime();
    seen.values().removeIf(one -> now - one.at() > MEMORY.toNanos());
  }

  private void withdraw(PendingTake asked) {
    serial.execute(
        () -> {
          if (waiting.remove(asked)) {
            asked.cancelBehind();
          }
        });
  }

  @Override
  protected TokenSource delegate() {
    return source;
  }

  @Override
  public void close() {
    serial.execute(
        () -> {
          closed = true;
          subscriptions.forEach(Subscription::close);
          source.close();
        });
  }

  private record Seen(Target target, long at) {}
}
