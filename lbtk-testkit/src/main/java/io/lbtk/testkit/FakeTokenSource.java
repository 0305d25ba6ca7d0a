package io.lbtk.testkit;

import static org.awaitility.Awaitility.await;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A token source that gives tokens as the test directs, and records every token and its end.
 *
 * <pre>{@code
 * FakeTokenSource tokens = new FakeTokenSource();
 * tokens.give(down, up);              // two tokens, in this order
 * tokens.always(up);                  // then this one, for ever
 * …
 * tokens.awaitReleases(2);
 * assertThat(tokens.kinds()).containsExactly(Kind.REFUSED, Kind.CLOSED);
 * }</pre>
 *
 * <p>A demand that finds nothing waits, and expires as it says. Thread-safe.
 */
public final class FakeTokenSource implements TokenSource {

  /**
   * A token that was released.
   *
   * @param target the target of the token
   * @param outcome what became of it
   */
  public record Release(Target target, Outcome outcome) {}

  private record Waiting(Demand demand, CompletableFuture<Token> future) {}

  private final Duration timeout;
  private final Timer timer;
  private final List<Target> script = new ArrayList<>();
  private final List<Target> rotation = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<Demand> demands = new ArrayList<>();
  private final List<Target> taken = new ArrayList<>();
  private final List<Target> held = new ArrayList<>();
  private final List<Release> releases = new ArrayList<>();
  private final Map<Object, Consumer<String>> goneListeners = new LinkedHashMap<>();
  private Optional<Shortage> refusal = Optional.empty();
  private int repeatedReleases;
  private int next;
  private boolean closed;

  /** Creates a source whose demands expire by the system clock; waits 30 seconds at most. */
  public FakeTokenSource() {
    this(
        (task, after) ->
            CompletableFuture.runAsync(
                task, CompletableFuture.delayedExecutor(after.toNanos(), TimeUnit.NANOSECONDS)),
        Duration.ofSeconds(30));
  }

  /** Creates a source whose demands expire by this clock, such as a {@link ManualClock}. */
  public FakeTokenSource(ScheduledExecutorService clock) {
    this(
        (task, after) -> clock.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS),
        Duration.ofSeconds(30));
  }

  private FakeTokenSource(Timer timer, Duration timeout) {
    this.timer = timer;
    this.timeout = timeout;
  }

  /** Adds tokens for these targets, one each, to be given in this order. */
  public FakeTokenSource give(Target... targets) {
    synchronized (this) {
      script.addAll(List.of(targets));
    }
    serve();
    return this;
  }

  /**
   * Gives these targets in turn, without limit, when no other token is left. No argument ends that.
   */
  public FakeTokenSource always(Target... targets) {
    synchronized (this) {
      rotation.clear();
      rotation.addAll(List.of(targets));
      next = 0;
    }
    serve();
    return this;
  }

  /** Fails every later demand at once, until tokens are given again by {@link #accept}. */
  public synchronized FakeTokenSource refuse(Shortage shortage) {
    refusal = Optional.of(shortage);
    return this;
  }

  /** Ends {@link #refuse}. */
  public synchronized FakeTokenSource accept() {
    refusal = Optional.empty();
    return this;
  }

  /** Reports a target as gone to the listeners. */
  public void gone(String hostPort) {
    List<Consumer<String>> listeners;
    synchronized (this) {
      listeners = List.copyOf(goneListeners.values());
    }
    listeners.forEach(listener -> listener.accept(hostPort));
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    CompletableFuture<Token> future = new CompletableFuture<>();
    Optional<Shortage> failure;
    Optional<Target> target = Optional.empty();
    boolean waits = false;
    synchronized (this) {
      demands.add(demand);
      failure = closed ? Optional.of(Shortage.CLOSED) : refusal;
      if (failure.isEmpty()) {
        target = choose(demand);
        failure = target.isPresent() ? Optional.empty() : hopeless(demand);
        waits = target.isEmpty() && failure.isEmpty();
      }
      if (waits) {
        waiting.add(new Waiting(demand, future));
      }
    }
    target.ifPresent(found -> future.complete(new FakeToken(found)));
    failure.ifPresent(shortage -> fail(future, shortage));
    if (waits) {
      demand.reportShortage(Shortage.EMPTY);
      Future<?> expiry = timer.after(() -> fail(future, Shortage.EXPIRED), demand.timeout());
      var unused = future.whenComplete((token, error) -> withdraw(future, expiry));
    }
    return future;
  }

  /** Returns the failure of a demand that excludes all targets, or has no timeout. */
  private Optional<Shortage> hopeless(Demand demand) {
    if (!script.isEmpty() || !rotation.isEmpty()) {
      return Optional.of(Shortage.EXCLUDED);
    }
    return demand.timeout().isZero() ? Optional.of(Shortage.EXPIRED) : Optional.empty();
  }

  /** Returns the next target for a demand; called under the lock. */
  private Optional<Target> choose(Demand demand) {
    Optional<Target> found = Optional.empty();
    for (Iterator<Target> left = script.iterator(); left.hasNext() && found.isEmpty(); ) {
      Target target = left.next();
      if (!demand.excludes(target)) {
        left.remove();
        found = Optional.of(target);
      }
    }
    for (int i = 0; i < rotation.size() && found.isEmpty(); i++) {
      Target target = rotation.get(next++ % rotation.size());
      found = Optional.of(target).filter(one -> !demand.excludes(one));
    }
    found.ifPresent(taken::add);
    return found;
  }

  /** Serves waiting demands. Futures are completed outside the lock. */
  private void serve() {
    List<Runnable> answers = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Waiting> left = waiting.iterator(); left.hasNext(); ) {
        Waiting one = left.next();
        if (one.future.isDone()) {
          continue;
        }
        Optional<Target> target = choose(one.demand);
        if (target.isPresent()) {
          left.remove();
          answers.add(() -> answer(one.future, target.get()));
        }
      }
    }
    answers.forEach(Runnable::run);
  }

  private void answer(CompletableFuture<Token> future, Target target) {
    Token token = new FakeToken(target);
    if (!future.complete(token)) {
      token.release(Outcome.unused());
    }
  }

  private void withdraw(CompletableFuture<Token> future, Future<?> expiry) {
    expiry.cancel(false);
    synchronized (this) {
      waiting.removeIf(one -> one.future == future);
    }
  }

  private static void fail(CompletableFuture<Token> future, Shortage shortage) {
    future.completeExceptionally(new NoTokenException(shortage, "scripted: " + shortage));
  }

  @Override
  public synchronized Token hold(Target target) {
    held.add(target);
    return new FakeToken(target);
  }

  @Override
  public synchronized Subscription onGone(Consumer<String> listener) {
    Object key = new Object();
    goneListeners.put(key, listener);
    return () -> removeGone(key);
  }

  private synchronized void removeGone(Object key) {
    goneListeners.remove(key);
  }

  @Override
  public void close() {
    List<Waiting> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(waiting);
    }
    left.forEach(one -> fail(one.future, Shortage.CLOSED));
  }

  /** Returns whether it was closed. */
  public synchronized boolean isClosed() {
    return closed;
  }

  /** Returns every demand so far, in order, answered or not. */
  public synchronized List<Demand> demands() {
    return List.copyOf(demands);
  }

  /** Returns the number of waiting demands. */
  public synchronized int waiting() {
    return waiting.size();
  }

  /** Returns the target of every token given so far, in order. */
  public synchronized List<Target> taken() {
    return List.copyOf(taken);
  }

  /** Returns the target of every {@link #hold} so far, in order. */
  public synchronized List<Target> held() {
    return List.copyOf(held);
  }

  /** Returns every token that was released, in order; each counts once. */
  public synchronized List<Release> releases() {
    return List.copyOf(releases);
  }

  /** Returns the outcomes of the released tokens, in order. */
  public synchronized List<Outcome.Kind> kinds() {
    return releases.stream().map(release -> release.outcome().kind()).toList();
  }

  /** Returns the number of live tokens: taken or held, and not released. */
  public synchronized int live() {
    return taken.size() + held.size() - releases.size();
  }

  /** Returns the number of repeated releases of tokens. */
  public synchronized int repeatedReleases() {
    return repeatedReleases;
  }

  /** Waits until this many tokens were taken. */
  public void awaitTaken(int count) {
    await(count + " tokens taken").atMost(timeout).until(() -> taken().size() >= count);
  }

  /** Waits until this many tokens were released, and returns them. */
  public List<Release> awaitReleases(int count) {
    await(count + " tokens released").atMost(timeout).until(() -> releases().size() >= count);
    return releases();
  }

  /** Waits until this many demands wait. */
  public void awaitWaiting(int count) {
    await(count + " demands waiting").atMost(timeout).until(() -> waiting() >= count);
  }

  private final class FakeToken implements Token {

    private final Target target;
    private boolean released;

    FakeToken(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {
      synchronized (FakeTokenSource.this) {
        if (released) {
          repeatedReleases++;
        } else {
          released = true;
          releases.add(new Release(target, outcome));
        }
      }
    }

    @Override
    public String toString() {
      return "token of " + target;
    }
  }

  @FunctionalInterface
  private interface Timer {
    Future<?> after(Runnable task, Duration time);
  }
}
