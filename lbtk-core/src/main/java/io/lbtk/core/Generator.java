package io.lbtk.core;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.api.Verdict;
import io.lbtk.core.DemandQueue.WaitingDemand;
import io.lbtk.core.part.SerialExecutors;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.core.refresh.MergedRefresher;
import io.lbtk.core.source.Listeners;
import io.lbtk.core.source.SynchronizationContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of targets, decides which of them may be picked, and issues tokens by its policy.
 *
 * <pre>{@code
 * try (Generator generator =
 *     Generator.builder()
 *         .refresher(StaticRefresher.of("10.0.0.1:80", "10.0.0.2:80"))
 *         .policy(RoundRobin.create())
 *         .build()) {
 *   Token token = generator.take(Demand.any()).join();
 *   …
 *   token.release(Outcome.closed());
 * }
 * }</pre>
 *
 * <p>A change of the targets takes effect as soon as the table has applied it: no later token is
 * for a removed target, and an added target takes part in the next rotation. Demands that cannot be
 * served at once are queued, first come, first served.
 *
 * <p>Thread-safe. One lock guards the table and the policy, and is held only briefly. Futures are
 * completed and listeners called without the lock, in the order of the events, by the thread that
 * caused them.
 */
public final class Generator implements TokenSource {

  /** The time for which verdicts are kept on a target that is not listed. */
  public static final Duration VERDICT_MEMORY = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(Generator.class);

  private final String name;
  private final Refresher refresher;
  private final ScheduledExecutorService scheduler;
  private final boolean ownsScheduler;

  private final ReentrantLock lock = new ReentrantLock();
  private final SynchronizationContext events;
  private final Listeners<String> goneListeners = new Listeners<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  private final TargetTable table;
  private final TableRefresh refresh;
  private final DemandQueue waiting;
  private boolean closed;

  /** The last failure of the policy that was logged; empty at first. */
  private String policyFailure = "";

  /** Touched by the refresher only, whose reports are serial. */
  private final Deque<Refresh> reports = new ArrayDeque<>();

  private boolean takingOver;

  private Generator(Builder builder) {
    this.name = builder.name;
    this.events = new SynchronizationContext("generator." + name);
    this.ownsScheduler = builder.scheduler == null;
    this.scheduler =
        builder.scheduler == null ? SerialExecutors.named("generator." + name) : builder.scheduler;
    this.refresher = builder.combinedRefresher(scheduler);
    this.table =
        new TargetTable(
            Objects.requireNonNull(builder.policy, "policy"),
            VERDICT_MEMORY,
            builder.ticker,
            hostPort -> events.executeLater(() -> goneListeners.tell(hostPort)));
    this.waiting = new DemandQueue(table, new Answers());
    this.refresh = new TableRefresh(table, lock, waiting::serve, events::drain);
  }

  /** Returns a builder of a generator, which needs a refresher and a policy. */
  public static Builder builder() {
    return new Builder();
  }

  private void onRefresh(Refresh report) {
    if (report instanceof Refresh.Failure failure) {
      log.warn("generator.{}: {}", name, failure.message());
      return;
    }
    reports.add(report);
    if (takingOver) {
      // A listener caused it while the report before is still being applied.
      return;
    }
    takingOver = true;
    try {
      for (Refresh next = reports.poll(); next != null; next = reports.poll()) {
        takeOver(next);
      }
    } finally {
      takingOver = false;
    }
  }

  private void takeOver(Refresh report) {
    TableRefresh.Summary summary = refresh.apply(report);
    if (summary.isChange() || !ready.isDone()) {
      log.info("generator.{}: {}", name, summary);
    }
    ready.complete(null);
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    WaitingDemand waitingDemand;
    lock.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(closedException());
      }
      TableEntry entry = table.take(demand);
      if (entry != null) {
        return CompletableFuture.completedFuture(new GeneratorToken(entry));
      }
      Shortage shortage = table.shortage(demand.excluded());
      if (shortage == Shortage.EXCLUDED || demand.timeout().isZero()) {
        return CompletableFuture.failedFuture(noToken(demand, shortage));
      }
      waitingDemand = enqueue(demand, shortage);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(schedulerEndedException());
    } catch (Throwable e) {
      logPolicyFailure(e);
      return CompletableFuture.failedFuture(e);
    } finally {
      lock.unlock();
    }
    events.drain();
    waitingDemand.future.whenComplete(
        (token, failure) -> {
          if (waitingDemand.future.isCancelled()) {
            withdraw(waitingDemand);
          }
        });
    return waitingDemand.future;
  }

  private WaitingDemand enqueue(Demand demand, Shortage shortage) {
    WaitingDemand demanded = new WaitingDemand(demand);
    // First, since it may be rejected: a demand that never expires must not be queued.
    demanded.expiry =
        scheduler.schedule(
            () -> expire(demanded),
            TimeUnit.NANOSECONDS.convert(demand.timeout()),
            TimeUnit.NANOSECONDS);
    waiting.add(demanded, shortage);
    events.executeLater(() -> demand.reportShortage(shortage));
    return demanded;
  }

  private void expire(WaitingDemand demanded) {
    lock.lock();
    try {
      if (waiting.remove(demanded)) {
        fail(demanded, Shortage.EXPIRED);
      }
    } finally {
      lock.unlock();
    }
    events.drain();
  }

  private void withdraw(WaitingDemand demanded) {
    lock.lock();
    try {
      waiting.remove(demanded);
      cancelExpiry(demanded);
    } finally {
      lock.unlock();
    }
  }

  /** Logs each failure of the policy once in a row. Called with the lock held. */
  private void logPolicyFailure(Throwable failure) {
    if (!failure.toString().equals(policyFailure)) {
      policyFailure = failure.toString();
      log.error("generator.{}: policy threw an exception", name, failure);
    }
  }

  /** Completes queued demands. Called with the lock held. */
  private final class Answers implements DemandQueue.Answers {

    @Override
    public void granted(WaitingDemand demanded, TableEntry entry) {
      cancelExpiry(demanded);
      Token token = new GeneratorToken(entry);
      events.executeLater(
          () -> {
            if (!demanded.future.complete(token)) {
              token.release(Outcome.unused());
            }
          });
    }

    @Override
    public void refused(WaitingDemand demanded, Shortage shortage) {
      fail(demanded, shortage);
    }

    @Override
    public void failed(WaitingDemand demanded, Throwable failure) {
      cancelExpiry(demanded);
      logPolicyFailure(failure);
      events.executeLater(() -> demanded.future.completeExceptionally(failure));
    }

    @Override
    public void reportShortage(WaitingDemand demanded, Shortage shortage) {
      events.executeLater(() -> demanded.demand.reportShortage(shortage));
    }
  }

  private void fail(WaitingDemand demanded, Shortage shortage) {
    cancelExpiry(demanded);
    NoTokenException answer =
        shortage == Shortage.CLOSED ? closedException() : noToken(demanded.demand, shortage);
    events.executeLater(() -> demanded.future.completeExceptionally(answer));
  }

  private static void cancelExpiry(WaitingDemand demanded) {
    if (demanded.expiry != null) {
      demanded.expiry.cancel(false);
    }
  }

  private NoTokenException noToken(Demand demand, Shortage shortage) {
    String state = "%d targets, %d may be picked".formatted(table.listed(), table.pickable());
    String message =
        switch (shortage) {
          case EXCLUDED -> "every target that may be picked is excluded by the demand";
          case EXPIRED -> "no token within " + demand.timeout().toMillis() + " ms";
          case BUSY -> "every target is at its limit";
          default -> "no target may be picked";
        };
    return new NoTokenException(shortage, "generator.%s: %s (%s)".formatted(name, message, state));
  }

  private NoTokenException schedulerEndedException() {
    return new NoTokenException(
        Shortage.CLOSED,
        "generator.%s: no demand can wait, because the scheduler is shut down".formatted(name));
  }

  private NoTokenException closedException() {
    return new NoTokenException(Shortage.CLOSED, "generator.%s is closed".formatted(name));
  }

  /** Ends a change of the table: serves queued demands and releases the lock. */
  private void endChange() {
    try {
      waiting.serve();
    } finally {
      lock.unlock();
    }
    events.drain();
  }

  /** A token of this generator. */
  private final class GeneratorToken implements Token {

    private final TableEntry entry;
    private final Target target;

    /** Guarded by the generator's lock. */
    private boolean released;

    GeneratorToken(TableEntry entry) {
      this.entry = entry;
      this.target = entry.target();
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {
      lock.lock();
      try {
        if (!released) {
          released = true;
          table.released(entry, outcome);
        }
      } finally {
        endChange();
      }
    }
  }

  @Override
  public Token hold(Target target) {
    // If the map has to grow, it does so here, without the lock.
    table.entry(target);
    lock.lock();
    try {
      TableEntry entry = table.entry(target);
      table.taken(entry);
      return new GeneratorToken(entry);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    return goneListeners.add(listener);
  }

  /**
   * Records the verdict of an author on a target, which takes effect at once. It replaces the
   * author's earlier verdict on that target; a plain {@link Verdict.State#UP} only removes it.
   *
   * <p>Targets that are not listed can be judged too: verdicts on a target that was removed, or
   * that has not been listed yet, are kept for {@link #VERDICT_MEMORY}.
   *
   * @param hostPort the {@link Target#hostPort() host:port} of the target
   * @return whether the target is listed now
   * @throws IllegalArgumentException if it is no host:port
   */
  public boolean judge(String hostPort, Verdict verdict) {
    TableEntry found = table.find(hostPort);
    // If the map has to grow, it does so here, without the lock.
    TableEntry entry = found != null ? found : table.entry(Target.parse(hostPort));
    lock.lock();
    try {
      return table.judge(entry, verdict);
    } finally {
      endChange();
    }
  }

  /** Returns the status of every listed target, as a copy. */
  public List<TargetStatus> targets() {
    List<TargetStatus> statuses = new ArrayList<>();
    for (TableEntry entry : table.entries()) {
      lock.lock();
      try {
        if (entry.isListed()) {
          statuses.add(entry.status());
        }
      } finally {
        lock.unlock();
      }
    }
    return statuses;
  }

  /** Returns whether any target is listed now, whether it may be picked or not. */
  public boolean hasTargets() {
    lock.lock();
    try {
      return table.listed() > 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc} It completes with the first set that the refreshers report, even an empty one.
   */
  @Override
  public CompletableFuture<Void> whenReady() {
    return ready.copy();
  }

  /** {@inheritDoc} Closes the refreshers too. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      waiting.clear().forEach(demanded -> fail(demanded, Shortage.CLOSED));
    } finally {
      lock.unlock();
    }
    events.drain();
    try {
      refresher.close();
    } finally {
      if (ownsScheduler) {
        scheduler.shutdown();
      }
    }
  }

  /** Builds a generator. */
  public static final class Builder {

    private final List<Refresher> refreshers = new ArrayList<>();
    private String name = "main";
    private @Nullable Policy policy;
    private @Nullable ScheduledExecutorService scheduler;
    private Ticker ticker = Ticker.system();

    private Builder() {}

    /** Sets the name in logs and errors; {@code main} by default. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Adds a source of targets. The sets of several refreshers are merged, and the first one has
     * precedence. The generator starts and closes it, and wraps it in a {@link GuardedRefresher}
     * unless it is one already.
     */
    public Builder refresher(Refresher refresher) {
      refreshers.add(Objects.requireNonNull(refresher, "refresher"));
      return this;
    }

    /** Sets the policy that picks targets. The generator works on copies of it. */
    public Builder policy(Policy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets the scheduler for the timeouts of queued demands; the caller closes it. By default the
     * generator starts a thread of its own with the first queued demand.
     */
    public Builder scheduler(ScheduledExecutorService scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /** Sets the clock, which must match the scheduler. By default the system clock. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    private Refresher combinedRefresher(ScheduledExecutorService timers) {
      if (refreshers.isEmpty()) {
        throw new IllegalStateException("no refresher (expected: at least one)");
      }
      List<Refresher> guarded = refreshers.stream().map(r -> guarded(r, timers)).toList();
      return guarded.size() == 1 ? guarded.get(0) : new MergedRefresher(guarded);
    }

    private Refresher guarded(Refresher refresher, ScheduledExecutorService timers) {
      return refresher instanceof GuardedRefresher
          ? refresher
          : GuardedRefresher.builder(refresher).name("generator." + name).scheduler(timers).build();
    }

    /**
     * Creates the generator and starts its refreshers.
     *
     * @throws IllegalStateException if there is no refresher
     * @throws NullPointerException if there is no policy
     */
    public Generator build() {
      Generator generator = new Generator(this);
      try {
        generator.refresher.start(generator::onRefresh);
      } catch (RuntimeException | Error e) {
        generator.close();
        throw e;
      }
      return generator;
    }
  }
}
