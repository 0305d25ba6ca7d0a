package io.lbtk.testkit;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A token source over a list, behind one lock: right, or with one fault. */
final class NaiveTokenSource implements TokenSource {

  enum Fault {
    NONE,
    IS_LATE,
    SHARES_TOKENS,
    COUNTS_EVERY_RELEASE,
    RELEASES_WITHOUT_A_LOCK,
    TAKE_BLOCKS,
    CLOSE_NEVER_RETURNS,
    TELLS_NOT_WHY,
    SERVES_ONLY_ONE,
    NEVER_EXPIRES,
    GIVES_TO_THE_EXPIRED,
    WAITS_WITHOUT_PATIENCE,
    GIVES_TO_THE_CANCELLED,
    LOSES_WHAT_CROSSES,
    GIVES_EXCLUDED,
    WAITS_WHERE_ALL_IS_EXCLUDED,
    SEES_NO_ADDED,
    GIVES_REMOVED,
    TELLS_NOT_WHAT_IS_GONE,
    TELLS_CLOSED_SUBSCRIPTIONS,
    COUNTS_NOT_WHAT_IS_HELD,
    GIVES_WHAT_IS_HELD,
    FORGETS_WHO_WAITS_AT_CLOSE,
    GIVES_AFTER_CLOSE,
    CLOSES_ONCE,
    THROWS_AT_LATE_RELEASE,
    TAKES_WITHOUT_A_LOCK
  }

  /** Those that serve a demand which has ended, and lose the token. */
  private static final Set<Fault> LOSING =
      Set.of(Fault.GIVES_TO_THE_EXPIRED, Fault.GIVES_TO_THE_CANCELLED, Fault.LOSES_WHAT_CROSSES);

  private record Waiting(Demand demand, CompletableFuture<Token> future) {}

  private final Fault fault;
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Token shared = new NaiveToken(Target.of("10.0.0.1", 8001));
  private List<Target> targets = List.of();
  private int next;
  private int live;
  private boolean closed;

  NaiveTokenSource(Fault fault) {
    this.fault = fault;
  }

  synchronized int live() {
    return live;
  }

  void setTargets(List<Target> now) {
    List<Target> before;
    synchronized (this) {
      before = targets;
      targets = new ArrayList<>(now);
      if (fault == Fault.GIVES_REMOVED) {
        before.stream().filter(target -> !targets.contains(target)).forEach(targets::add);
      }
      if (fault == Fault.SEES_NO_ADDED && !before.isEmpty()) {
        targets.retainAll(before);
      }
      serve();
    }
    if (fault != Fault.TELLS_NOT_WHAT_IS_GONE) {
      before.stream()
          .filter(target -> !now.contains(target))
          .forEach(target -> listeners.forEach(one -> one.accept(target.hostPort())));
    }
  }

  private void serve() {
    for (Waiting one : List.copyOf(waiting)) {
      if (targets.isEmpty() || (one.future.isDone() && !LOSING.contains(fault))) {
        continue;
      }
      waiting.remove(one);
      choose(one.demand).ifPresent(target -> give(one.future, target));
      if (fault == Fault.SERVES_ONLY_ONE) {
        return;
      }
    }
  }

  private void give(CompletableFuture<Token> future, Target target) {
    int before = live;
    if (fault == Fault.TAKES_WITHOUT_A_LOCK) {
      // Long enough for another thread to come in between.
      LockSupport.parkNanos(1);
    }
    live = before + 1;
    Token token = new NaiveToken(target);
    boolean kept = !future.complete(token);
    if (kept && !LOSING.contains(fault)) {
      token.release(Outcome.unused());
    }
  }

  private Optional<Target> choose(Demand demand) {
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(next++ % targets.size());
      if (fault == Fault.GIVES_EXCLUDED || !demand.excludes(target)) {
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    CompletableFuture<Token> future = new CompletableFuture<>();
    if (fault == Fault.TAKES_WITHOUT_A_LOCK) {
      takeNow(demand, future);
      return future;
    }
    synchronized (this) {
      if (fault == Fault.IS_LATE) {
        CompletableFuture.delayedExecutor(1, TimeUnit.MINUTES)
            .execute(() -> takeNow(demand, future));
      } else {
        takeNow(demand, future);
      }
    }
    return future;
  }

  private void takeNow(Demand demand, CompletableFuture<Token> future) {
    Optional<Target> target = choose(demand);
    if (closed && fault != Fault.GIVES_AFTER_CLOSE) {
      fail(future, Shortage.CLOSED);
    } else if (target.isPresent() && fault == Fault.SHARES_TOKENS) {
      live++;
      future.complete(shared);
    } else if (target.isPresent()) {
      give(future, target.get());
    } else if (!targets.isEmpty() && fault != Fault.WAITS_WHERE_ALL_IS_EXCLUDED) {
      fail(future, Shortage.EXCLUDED);
    } else if (demand.timeout().isZero() && fault != Fault.WAITS_WITHOUT_PATIENCE) {
      fail(future, Shortage.EXPIRED);
    } else {
      enqueue(demand, future);
    }
  }

  private void enqueue(Demand demand, CompletableFuture<Token> future) {
    waiting.add(new Waiting(demand, future));
    if (fault == Fault.TAKE_BLOCKS) {
      waitForEver();
    }
    if (fault != Fault.TELLS_NOT_WHY) {
      demand.reportShortage(Shortage.EMPTY);
    }
    if (fault != Fault.NEVER_EXPIRES && fault != Fault.WAITS_WITHOUT_PATIENCE) {
      CompletableFuture.delayedExecutor(demand.timeout().toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> fail(future, Shortage.EXPIRED));
    }
  }

  private void waitForEver() {
    try {
      while (true) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void fail(CompletableFuture<Token> future, Shortage shortage) {
    future.completeExceptionally(new NoTokenException(shortage, "none: " + shortage));
  }

  @Override
  public synchronized Token hold(Target target) {
    if (fault == Fault.GIVES_WHAT_IS_HELD) {
      targets.add(target);
    }
    live += fault == Fault.COUNTS_NOT_WHAT_IS_HELD ? 0 : 1;
    return new NaiveToken(target);
  }

  @Override
  public Subscription onGone(Consumer<String> listener) {
    listeners.add(listener);
    return () -> {
      if (fault != Fault.TELLS_CLOSED_SUBSCRIPTIONS) {
        listeners.remove(listener);
      }
    };
  }

  @Override
  public synchronized void close() {
    if (closed && fault == Fault.CLOSES_ONCE) {
      throw new IllegalStateException("closed before");
    }
    closed = true;
    if (fault == Fault.CLOSE_NEVER_RETURNS) {
      waitForEver();
    }
    if (fault != Fault.FORGETS_WHO_WAITS_AT_CLOSE) {
      waiting.forEach(one -> fail(one.future, Shortage.CLOSED));
    }
  }

  private final class NaiveToken implements Token {

    private final Target target;
    private final AtomicBoolean released = new AtomicBoolean();

    NaiveToken(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {
      if (fault == Fault.RELEASES_WITHOUT_A_LOCK) {
        live--;
        return;
      }
      synchronized (NaiveTokenSource.this) {
        if (closed && fault == Fault.THROWS_AT_LATE_RELEASE) {
          throw new IllegalStateException("closed");
        }
        if (!released.getAndSet(true) || fault == Fault.COUNTS_EVERY_RELEASE) {
          live--;
        }
      }
    }
  }
}
