package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of every {@link TokenSource}: a generator, a connection to one, or a wrapper. The
 * author of one extends this class, and says how to make one over some targets:
 *
 * <pre>{@code
 * class CountingSourceTest extends TokenSourceContract {
 *   private final FakeTokenSource inner = new FakeTokenSource();
 *
 *   @Override
 *   protected TokenSource newSource(List<Target> targets) {
 *     setTargets(targets);
 *     return new CountingSource(inner);
 *   }
 *
 *   @Override
 *   protected void setTargets(List<Target> targets) {
 *     inner.always(targets.toArray(Target[]::new));
 *   }
 *
 *   @Override
 *   protected OptionalInt live() {
 *     return OptionalInt.of(inner.live());
 *   }
 * }
 * }</pre>
 *
 * <p>Declare missing features by {@link #supports}; their tests are then skipped.
 */
public abstract class TokenSourceContract {

  /** The optional features of sources. */
  public enum Feature {
    /** {@link TokenSource#take} returns a completed future if a token is available. */
    IMMEDIATE,
    /** The targets can change, and there may be none for some time. */
    CHANGES,
    /** Demands can exclude targets. */
    EXCLUSION,
    /** It tells of targets that are gone. */
    GONE,
    /** {@link TokenSource#hold} counts. */
    HOLD,
    /** Any thread may use it; otherwise the contract uses it from one only. */
    ANY_THREAD
  }

  private static final Target A = Target.of("10.0.0.1", 8001);
  private static final Target B = Target.of("10.0.0.2", 8002);
  private static final Target C = Target.of("10.0.0.3", 8003);

  private static final int THREADS = 8;

  @RegisterExtension
  final TimeLimit limit = new TimeLimit(TokenSourceContract.class, this::timeout);

  private final List<TokenSource> sources = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "token source contract");
            thread.setDaemon(true);
            return thread;
          });

  /** For classes that extend this one. */
  protected TokenSourceContract() {}

  /**
   * Makes a source that gives tokens of exactly these targets, as many as are wanted. Called once
   * in a test; the contract closes it.
   *
   * @param targets may be empty where the source supports {@link Feature#CHANGES}
   */
  protected abstract TokenSource newSource(List<Target> targets) throws Exception;

  /** Makes the targets of the source exactly these. Called by one thread at a time. */
  protected void setTargets(List<Target> targets) throws Exception {
    throw new UnsupportedOperationException("override setTargets, or supports(CHANGES)");
  }

  /**
   * Returns the number of live tokens, as the generator counts them: taken or held, and not
   * released. Empty, which is the default, if nobody can tell; less is tested then.
   */
  protected OptionalInt live() {
    return OptionalInt.empty();
  }

  /**
   * Lets time go by, where the source measures it by a clock of the test. By default nothing is
   * done, since time goes by itself.
   */
  protected void pass(Duration time) throws Exception {}

  /**
   * Gives the source the occasion to do what waits, where it needs one from the test. Called again
   * and again while the contract waits, by several threads at once where {@link Feature#ANY_THREAD}
   * is supported. Nothing by default.
   */
  protected void tick() throws Exception {}

  /** Returns whether the source has this feature; all by default. */
  protected boolean supports(Feature feature) {
    return true;
  }

  /** Returns the time to wait before a test fails: 30 seconds by default. */
  protected Duration timeout() {
    return Duration.ofSeconds(30);
  }

  /** Closes what the test left open. */
  @AfterEach
  final void closeSources() {
    threads.shutdownNow();
    sources.forEach(TokenSource::close);
  }

  @Test
  final void aTokenLeadsToATarget() throws Exception {
    TokenSource source = open(A, B);

    assertThat(take(source).target().hostPort()).isIn(A.hostPort(), B.hostPort());
  }

  @Test
  final void aTokenThatIsThereIsGivenAtOnce() throws Exception {
    assume(Feature.IMMEDIATE);
    TokenSource source = open(A);

    assertThat(source.take(Demand.any().timeout(Duration.ZERO))).isCompleted();
  }

  @Test
  final void everyTokenIsAnotherAndCounts() throws Exception {
    TokenSource source = open(A);

    Token first = take(source);
    Token second = take(source);
    assertThat(first).isNotSameAs(second);
    awaitLive(2);
    first.release(Outcome.closed());
    awaitLive(1);
    second.release(Outcome.reset());

    awaitLive(0);
  }

  @Test
  final void aSecondReleaseDoesNothing() throws Exception {
    TokenSource source = open(A);
    Token kept = take(source);
    Token token = take(source);

    token.release(Outcome.closed());
    token.release(Outcome.closed());
    token.release(Outcome.unused());
    awaitLive(1);
    // Had the second counted, this would count for nothing.
    Token last = take(source);
    awaitLive(2);

    kept.release(Outcome.closed());
    last.release(Outcome.closed());
    awaitLive(0);
  }

  @Test
  final void oneTokenReleasedByManyThreadsAtOnceCountsOnce() throws Exception {
    assume(Feature.ANY_THREAD);
    TokenSource source = open(A);
    Token kept = take(source);

    for (int i = 0; i < 50; i++) {
      Token token = take(source);
      inParallel(() -> token.release(Outcome.closed()));
    }

    awaitLive(1);
    kept.release(Outcome.closed());
    awaitLive(0);
  }

  @Test
  final void aDemandWaitsForATarget() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    Queue<Shortage> told = new ConcurrentLinkedQueue<>();
    CompletableFuture<Token> future =
        source.take(Demand.any().timeout(timeout()).whileWaiting(told::add));
    eventually("the observer of the demand is told why it waits", () -> !told.isEmpty());
    assertThat(told).containsOnly(Shortage.EMPTY);
    assertThat(future).isNotDone();

    setTargets(List.of(B));

    assertThat(get(future).target().hostPort()).isEqualTo(B.hostPort());
  }

  @Test
  final void everyDemandThatWaitsIsServed() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    List<CompletableFuture<Token>> futures =
        IntStream.range(0, 100).mapToObj(i -> source.take(patient())).toList();

    setTargets(List.of(A, B));

    for (CompletableFuture<Token> future : futures) {
      get(future).release(Outcome.closed());
    }
    awaitLive(0);
  }

  @Test
  final void aDemandExpires() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    Duration within = Duration.ofMillis(200);

    CompletableFuture<Token> future = source.take(Demand.any().timeout(within));
    pass(within.plusMillis(1));

    assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);
  }

  @Test
  final void anExpiredDemandTakesNoToken() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    Duration within = Duration.ofMillis(50);
    CompletableFuture<Token> future = source.take(Demand.any().timeout(within));
    pass(within.plusMillis(1));
    assertThat(shortage(future)).isEqualTo(Shortage.EXPIRED);

    setTargets(List.of(A));
    take(source);

    awaitLive(1);
  }

  @Test
  final void aDemandWithoutPatienceDoesNotWait() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();

    CompletableFuture<Token> future = source.take(Demand.any().timeout(Duration.ZERO));
    pass(Duration.ofMillis(1));

    assertThat(shortage(future)).isIn(Shortage.EMPTY, Shortage.EXPIRED);
  }

  @Test
  final void aCancelledDemandIsWithdrawn() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    CompletableFuture<Token> cancelled = source.take(patient());
    CompletableFuture<Token> waiting = source.take(patient());

    cancelled.cancel(false);
    setTargets(List.of(A));
    get(waiting);

    awaitLive(1);
  }

  @Test
  final void aTokenThatCrossesACancellationIsReleased() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.ANY_THREAD);
    TokenSource source = open();

    for (int round = 0; round < 20; round++) {
      List<CompletableFuture<Token>> futures =
          IntStream.range(0, 50).mapToObj(i -> source.take(patient())).toList();
      Future<?> cancelling = threads.submit(() -> futures.forEach(future -> future.cancel(false)));
      // In every other round some are cancelled before there is a token, however late the thread
      // is.
      while (round % 2 == 0 && !futures.get(0).isDone() && !cancelling.isDone()) {
        Thread.onSpinWait();
      }
      setTargets(List.of(A));
      cancelling.get(timeout().toMillis(), TimeUnit.MILLISECONDS);
      for (CompletableFuture<Token> future : futures) {
        if (!future.isCancelled()) {
          get(future).release(Outcome.closed());
        }
      }
      setTargets(List.of());
    }

    // Some count only what is among the targets.
    setTargets(List.of(A));
    awaitLive(0);
  }

  @Test
  final void anExcludedTargetIsNotGiven() throws Exception {
    assume(Feature.EXCLUSION);
    TokenSource source = open(A, B, C);
    Demand demand = patient().excluding(Set.of(A.hostPort(), C.hostPort(), "unknown:1"));

    for (int i = 0; i < 50; i++) {
      Token token = get(source.take(demand));
      assertThat(token.target().hostPort()).isEqualTo(B.hostPort());
      token.release(Outcome.closed());
    }
  }

  @Test
  final void aDemandThatExcludesEverythingEnds() throws Exception {
    assume(Feature.EXCLUSION);
    TokenSource source = open(A, B);

    CompletableFuture<Token> future =
        source.take(
            Demand.any()
                .timeout(timeout().multipliedBy(10))
                .excluding(Set.of(A.hostPort(), B.hostPort())));

    assertThat(shortage(future)).isEqualTo(Shortage.EXCLUDED);
  }

  @Test
  final void anAddedTargetIsGiven() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open(A);

    setTargets(List.of(A, B));

    eventually("a token of the new target", () -> targetOfNext(source).equals(B.hostPort()));
  }

  @Test
  final void aRemovedTargetIsNotGivenAgain() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open(A, B);
    targetOfNext(source);

    setTargets(List.of(B));
    if (!supports(Feature.IMMEDIATE)) {
      eventually("the change has come here", () -> tenInARow(source, B));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(targetOfNext(source)).isEqualTo(B.hostPort());
    }
  }

  @Test
  final void whatIsGoneIsTold() throws Exception {
    assume(Feature.CHANGES);
    assume(Feature.GONE);
    TokenSource source = open(A, B);
    Queue<String> gone = new ConcurrentLinkedQueue<>();
    Subscription subscription = source.onGone(gone::add);
    // Whoever holds a token of it must hear of it, even where not all is told to everybody.
    Set<String> held = takeOfEach(source, Set.of(A.hostPort(), B.hostPort()));
    assertThat(held).hasSize(2);

    setTargets(List.of(B));
    eventually("the listener is told", () -> !gone.isEmpty());
    assertThat(gone).containsOnly(A.hostPort());
    subscription.close();
    subscription.close();
    Queue<String> later = new ConcurrentLinkedQueue<>();
    Subscription second = source.onGone(later::add);
    setTargets(List.of());
    eventually("the second listener is told", () -> !later.isEmpty());
    second.close();

    assertThat(gone).as("what a closed subscription was told").doesNotContain(B.hostPort());
  }

  @Test
  final void whatIsHeldCounts() throws Exception {
    assume(Feature.HOLD);
    TokenSource source = open(A, B);

    Token unknown = source.hold(Target.of("10.0.0.99", 1));
    assertThat(unknown.target().hostPort()).isEqualTo("10.0.0.99:1");
    unknown.release(Outcome.closed());
    unknown.release(Outcome.closed());
    Token first = source.hold(A);
    Token second = source.hold(B);
    assertThat(first.target().hostPort()).isEqualTo(A.hostPort());
    awaitLive(2);
    second.release(Outcome.closed());
    second.release(Outcome.closed());
    awaitLive(1);
    first.release(Outcome.closed());

    awaitLive(0);
  }

  @Test
  final void whatIsHeldIsNotGiven() throws Exception {
    TokenSource source = open(A);

    source.hold(C).release(Outcome.closed());

    for (int i = 0; i < 20; i++) {
      assertThat(targetOfNext(source)).isEqualTo(A.hostPort());
    }
  }

  @Test
  final void closeEndsDemandsThatWait() throws Exception {
    assume(Feature.CHANGES);
    TokenSource source = open();
    CompletableFuture<Token> first = source.take(patient());
    CompletableFuture<Token> second = source.take(patient());

    source.close();

    assertThat(shortage(first)).isEqualTo(Shortage.CLOSED);
    assertThat(shortage(second)).isEqualTo(Shortage.CLOSED);
  }

  @Test
  final void aClosedSourceGivesNothing() throws Exception {
    TokenSource source = open(A);

    source.close();

    assertThat(shortage(source.take(patient()))).isEqualTo(Shortage.CLOSED);
  }

  @Test
  final void aSecondCloseDoesNothing() throws Exception {
    TokenSource source = open(A);

    source.close();

    assertThatCode(source::close).doesNotThrowAnyException();
  }

  @Test
  final void aTokenCanBeReleasedAfterClose() throws Exception {
    TokenSource source = open(A);
    Token token = take(source);

    source.close();

    assertThatCode(() -> token.release(Outcome.closed())).doesNotThrowAnyException();
    assertThatCode(() -> token.release(Outcome.closed())).doesNotThrowAnyException();
  }

  @Test
  final void manyTakersAtOnceLoseNothingAndShareNothing() throws Exception {
    assume(Feature.ANY_THREAD);
    TokenSource source = open(A, B, C);
    Queue<Token> tokens = new ConcurrentLinkedQueue<>();
    int each = 500;

    inParallel(
        () -> {
          for (int i = 0; i < each; i++) {
            Token token = get(source.take(patient()));
            tokens.add(token);
            if (i % 2 == 0) {
              Token another = get(source.take(patient()));
              another.release(Outcome.closed());
            }
          }
        });

    assertThat(tokens).hasSize(THREADS * each);
    Set<Token> different = Collections.newSetFromMap(new IdentityHashMap<>());
    different.addAll(tokens);
    assertThat(different).as("tokens that are not the same object").hasSize(THREADS * each);
    awaitLive(THREADS * each);
    inParallel(
        () -> {
          for (Token token = tokens.poll(); token != null; token = tokens.poll()) {
            token.release(Outcome.closed());
          }
        });
    awaitLive(0);
  }

  @Test
  final void closingAmongManyTakersLeavesNobodyWaiting() throws Exception {
    assume(Feature.ANY_THREAD);
    assume(Feature.CHANGES);
    TokenSource source = open();
    Queue<CompletableFuture<Token>> futures = new ConcurrentLinkedQueue<>();
    Future<?> closing =
        threads.submit(
            () -> {
              await().atMost(timeout()).until(() -> futures.size() > 100);
              source.close();
            });

    inParallel(
        () -> {
          while (!closing.isDone()) {
            if (futures.size() < 5_000) {
              futures.add(source.take(patient()));
            }
          }
        });

    for (CompletableFuture<Token> future : futures) {
      assertThat(shortage(future)).isEqualTo(Shortage.CLOSED);
    }
  }

  private void assume(Feature feature) {
    assumeTrue(supports(feature), () -> "the source can do " + feature);
  }

  private TokenSource open(Target... targets) throws Exception {
    TokenSource source = newSource(List.of(targets));
    sources.add(source);
    return source;
  }

  /** A demand that is never the first to give up. */
  private Demand patient() {
    return Demand.any().timeout(timeout().multipliedBy(2));
  }

  private Token take(TokenSource source) {
    return get(source.take(patient()));
  }

  private String targetOfNext(TokenSource source) {
    Token token = take(source);
    token.release(Outcome.unused());
    return token.target().hostPort();
  }

  private boolean tenInARow(TokenSource source, Target target) {
    for (int i = 0; i < 10; i++) {
      if (!targetOfNext(source).equals(target.hostPort())) {
        return false;
      }
    }
    return true;
  }

  /** Takes and keeps tokens until there is one of each of these targets. */
  private Set<String> takeOfEach(TokenSource source, Set<String> wanted) {
    Set<String> taken = new LinkedHashSet<>();
    for (int i = 0; i < 1000 && !taken.containsAll(wanted); i++) {
      taken.add(take(source).target().hostPort());
    }
    return taken;
  }

  private Token get(CompletableFuture<Token> future) {
    awaitDone(future);
    return future.join();
  }

  private void awaitDone(CompletableFuture<Token> future) {
    if (!future.isDone()) {
      eventually("an answer to a demand", future::isDone);
    }
  }

  private Shortage shortage(CompletableFuture<Token> future) {
    awaitDone(future);
    try {
      Token token = future.join();
      throw new AssertionError("a token of " + token.target() + " (expected: none)");
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof NoTokenException answer)) {
        throw new AssertionError("a demand fails with " + e.getCause(), e);
      }
      assertThat(answer.getMessage()).isNotBlank();
      return answer.shortage();
    }
  }

  /** Waits until those who count agree, if there is somebody who counts. */
  private void awaitLive(int expected) throws Exception {
    if (live().isPresent()) {
      awaiting("%d live tokens".formatted(expected))
          .untilAsserted(
              () -> {
                tick();
                assertThat(live().orElse(expected))
                    .as("tokens that were taken or held, and not released")
                    .isEqualTo(expected);
              });
    }
  }

  private void eventually(String what, Callable<Boolean> condition) {
    awaiting(what)
        .until(
            () -> {
              tick();
              return condition.call();
            });
  }

  private ConditionFactory awaiting(String what) {
    return await(what)
        .atMost(timeout())
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2));
  }

  private void inParallel(Runnable task) throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      running.add(threads.submit(task));
    }
    for (Future<?> one : running) {
      eventually("a thread ends", one::isDone);
      one.get();
    }
  }
}
