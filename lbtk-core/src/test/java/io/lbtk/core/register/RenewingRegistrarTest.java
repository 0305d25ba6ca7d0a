package io.lbtk.core.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Target;
import io.lbtk.testkit.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewingRegistrarTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);

  private final ManualClock clock = new ManualClock();
  private final MemoryEntry entry = new MemoryEntry();
  private final RenewingRegistrar registrar =
      new Builder(entry).scheduler(clock).ticker(clock).build();

  @Test
  void anEntryIsWrittenThreeTimesWithinItsTimeToLive() {
    CompletableFuture<Void> stands = registrar.register(A);
    clock.runDue();
    assertThat(stands).isCompleted();
    assertThat(entry.written).isEqualTo(A);

    clock.advance(Duration.ofSeconds(30));

    assertThat(entry.writes).hasValue(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0000001S", "PT24H0.001S", "PT99999999999999H"})
  void aTimeToLiveThatNoEntryShouldHaveIsRefused(Duration ttl) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Builder(entry).ttl(ttl))
        .withMessageEndingWith("(expected: more than 0, at most 1d)");
  }

  @Test
  void anEntryThatCannotBeWrittenIsTriedAgainUntilItStands() {
    entry.broken = true;
    CompletableFuture<Void> stands = registrar.register(A);
    clock.advance(Duration.ofSeconds(5));
    assertThat(stands).isNotDone();

    entry.broken = false;
    clock.advance(Duration.ofSeconds(10));

    assertThat(stands).isCompleted();
    assertThat(entry.written).isEqualTo(A);
  }

  @Test
  void anEntryThatIsSaidToBeLostIsWrittenAtOnce() {
    registrar.register(A);
    clock.runDue();
    entry.written = null;

    entry.lost.run();
    clock.runDue();

    assertThat(entry.written).isEqualTo(A);
  }

  @Test
  void anEntryThatWantsToBeKeptSoonerIs() {
    entry.next = Duration.ofSeconds(2);
    registrar.register(A);
    clock.runDue();

    clock.advance(Duration.ofSeconds(4));

    assertThat(entry.writes).hasValue(3);
  }

  @Test
  void aLossAfterTheWithdrawalWritesNothing() {
    registrar.register(A);
    clock.runDue();
    registrar.withdraw();
    clock.runDue();

    entry.lost.run();
    clock.advance(Duration.ofMinutes(1));

    assertThat(entry.written).isNull();
  }

  @Test
  void anotherTargetTakesThePlaceOfTheFirst() {
    registrar.register(A);
    clock.runDue();

    registrar.register(B);
    clock.advance(Duration.ofMinutes(1));

    assertThat(entry.written).isEqualTo(B);
  }

  @Test
  void aRegistrationThatIsWithdrawnBeforeItStoodFails() {
    entry.broken = true;
    CompletableFuture<Void> stands = registrar.register(A);
    clock.runDue();
    entry.broken = false;

    CompletableFuture<Void> gone = registrar.withdraw();
    clock.advance(Duration.ofMinutes(1));

    assertThat(stands).isCompletedExceptionally();
    assertThat(gone).isCompleted();
    assertThat(entry.written).isNull();
  }

  @Test
  void closeRemovesTheEntryBeforeItReturns() {
    MemoryEntry own = new MemoryEntry();
    RenewingRegistrar onItsOwnThread = new Builder(own).build();
    onItsOwnThread.register(A).join();

    onItsOwnThread.close();
    onItsOwnThread.close();

    assertThat(own.written).isNull();
    assertThat(own.closes).hasValue(1);
  }

  /** An entry that can be removed at the second attempt is, though close has begun. */
  @Test
  @Timeout(30)
  void closeTriesAgainToRemoveAnEntryThatCouldNotBeRemovedAtFirst() {
    MemoryEntry own = new MemoryEntry();
    RenewingRegistrar onItsOwnThread = new Builder(own).build();
    onItsOwnThread.register(A).join();
    own.removalsToFail.set(1);

    onItsOwnThread.close();

    assertThat(own.written).isNull();
    assertThat(own.closes).hasValue(1);
  }

  /** The clock stands still, so that only the withdrawal itself can end the wait. */
  @Test
  @Timeout(30)
  void closeEndsAsSoonAsNoFurtherAttemptIsDue() throws InterruptedException {
    registrar.register(A);
    clock.runDue();
    entry.broken = true;
    Thread closing = new Thread(registrar::close);
    closing.start();
    await().until(() -> clock.untilNext().equals(Optional.of(Duration.ZERO)));

    int attempts = entry.attempts.get();
    clock.advance(Duration.ofMillis(4900));
    closing.join(4000);

    assertThat(closing.isAlive()).isFalse();
    assertThat(entry.attempts.get() - attempts).isBetween(3, 6);
    assertThat(clock.pending()).isZero();
    assertThat(entry.closes).hasValue(1);
  }

  @Test
  void anErrorDoesNotEndTheAttempts() {
    entry.error = new NoClassDefFoundError("thrown by the test");
    CompletableFuture<Void> stands = registrar.register(A);
    clock.runDue();
    assertThat(stands).isNotDone();

    entry.error = null;
    clock.advance(Duration.ofSeconds(1));

    assertThat(stands).isCompleted();
    assertThat(entry.written).isEqualTo(A);
  }

  @Test
  void oneThatWasNeverUsedDoesNotAskTheDirectory() {
    MemoryEntry unreachable = new MemoryEntry();
    unreachable.broken = true;
    RenewingRegistrar unused = new Builder(unreachable).build();

    assertThat(unused.withdraw()).isCompleted();
    unused.close();

    assertThat(unreachable.asked).isFalse();
    assertThat(unreachable.closes).hasValue(1);
  }

  @Test
  void closeDoesNotWaitForAnExecutorThatHasEnded() {
    registrar.register(A);
    clock.runDue();
    clock.shutdownNow();

    assertThat(registrar.withdraw()).isCompletedExceptionally();
    registrar.close();

    assertThat(entry.closes).hasValue(1);
  }

  /** The limit is half of what close waits for a withdrawal that is new. */
  @Test
  @Timeout(value = 2500, unit = TimeUnit.MILLISECONDS)
  void closeDoesNotWaitOnceMoreForAWithdrawalThatHasHadItsTime() {
    registrar.register(A);
    clock.runDue();
    entry.broken = true;
    CompletableFuture<Void> gone = registrar.withdraw();
    clock.advance(Duration.ofSeconds(4));
    CompletableFuture<Void> again = registrar.withdraw();
    clock.advance(Duration.ofSeconds(1));
    assertThat(gone).isCompletedExceptionally();
    assertThat(again).isNotDone();

    registrar.close();

    assertThat(entry.closes).hasValue(1);
  }

  @Test
  void whatWasWithdrawnIsNotWithdrawnAgain() {
    registrar.register(A);
    clock.runDue();
    registrar.withdraw();
    clock.runDue();
    entry.broken = true;

    assertThat(registrar.withdraw()).isCompleted();
    registrar.close();

    assertThat(entry.closes).hasValue(1);
  }

  @Test
  void nothingIsRegisteredAfterClose() {
    RenewingRegistrar closed = new Builder(new MemoryEntry()).build();
    closed.close();

    assertThat(closed.register(A)).isCompletedExceptionally();
  }

  private static final class Builder extends RenewingRegistrar.Builder<Builder> {

    private final MemoryEntry entry;

    Builder(MemoryEntry entry) {
      super("memory");
      this.entry = entry;
      ttl(Duration.ofSeconds(30));
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      return entry;
    }
  }

  /** An entry in memory. */
  private static final class MemoryEntry implements RenewingRegistrar.Entry {

    private volatile @Nullable Target written;
    private volatile Runnable lost = () -> {};
    private volatile boolean broken;
    private volatile boolean asked;
    private volatile @Nullable Duration next;
    private volatile @Nullable Error error;
    private final AtomicInteger removalsToFail = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final AtomicInteger closes = new AtomicInteger();

    @Override
    public String place() {
      return "memory";
    }

    @Override
    public void watch(Runnable whenLost) {
      lost = whenLost;
    }

    @Override
    public void keep(Target target) throws IOException {
      failIfBroken();
      written = target;
      writes.incrementAndGet();
    }

    @Override
    public Duration next(Duration interval) {
      Duration own = next;
      return own == null ? interval : own;
    }

    @Override
    public void remove() throws IOException {
      failIfBroken();
      if (removalsToFail.getAndDecrement() > 0) {
        throw new IOException("memory: cannot be reached for a moment");
      }
      written = null;
    }

    private void failIfBroken() throws IOException {
      asked = true;
      attempts.incrementAndGet();
      Error thrown = error;
      if (thrown != null) {
        throw thrown;
      }
      if (broken) {
        throw new IOException("memory: cannot be reached");
      }
    }

    @Override
    public void close() {
      closes.incrementAndGet();
    }
  }
}
