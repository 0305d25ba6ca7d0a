package io.lbtk.core.register;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.HealthCheck;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.core.health.HealthSettings;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistrationTest {

  private static final Target TARGET = Target.parse("10.0.0.1:80 weight=3");
  private static final HealthSettings EVERY_SECOND =
      new HealthSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 3, 2);

  private final ManualClock clock = new ManualClock();
  private final Directory directory = new Directory();
  private HealthCheck.Result result = HealthCheck.Result.pass();
  private final HealthCheck check = (target, timeout) -> CompletableFuture.completedFuture(result);

  private Registration.Builder builder() {
    return Registration.builder(TARGET, directory).scheduler(clock).ticker(clock);
  }

  private Registration checked() {
    Registration registration = builder().check(check).health(EVERY_SECOND).build();
    registration.start();
    clock.runDue();
    return registration;
  }

  /** Lets this many checks happen; their interval varies a little. */
  private void checks(int count) {
    for (int i = 0; i < count; i++) {
      clock.advance(Duration.ofSeconds(1));
    }
    clock.advance(Duration.ofMillis(60L * count));
  }

  @Test
  void withoutACheckTheTargetIsRegisteredAtOnce() {
    builder().build().start();

    assertThat(directory.entry).isEqualTo(TARGET);
  }

  @Test
  void theFirstPassRegistersTheTarget() {
    checked();

    assertThat(directory.entry).isEqualTo(TARGET);
  }

  @Test
  void whatDoesNotWorkIsNotRegistered() {
    result = HealthCheck.Result.fail("refused");
    checked();
    checks(5);

    assertThat(directory.entry).isNull();
  }

  @Test
  void threeFailuresInARowWithdrawTheTarget() {
    checked();
    result = HealthCheck.Result.fail("refused");
    clock.advance(Duration.ofMillis(1060));
    assertThat(directory.entry).as("after one failure").isEqualTo(TARGET);
    checks(3);

    assertThat(directory.entry).isNull();
  }

  @Test
  void twoPassesInARowBringItBack() {
    checked();
    result = HealthCheck.Result.fail("refused");
    checks(5);
    assertThat(directory.entry).isNull();
    result = HealthCheck.Result.pass();
    checks(3);

    assertThat(directory.entry).isEqualTo(TARGET);
    assertThat(directory.written).hasSize(2);
  }

  @Test
  void aCheckThatNeverEndsCountsAsFailed() {
    CompletableFuture<HealthCheck.Result> never = new CompletableFuture<>();
    Registration registration =
        builder().check((target, timeout) -> never).health(EVERY_SECOND).build();
    registration.start();
    clock.advance(Duration.ofSeconds(3));

    assertThat(never).isCompletedWithValueMatching(ended -> !ended.passed());
    assertThat(directory.entry).isNull();
  }

  @Test
  void aCheckThatThrowsHasFailedAndIsFollowedByTheNext() {
    boolean[] fails = {true};
    Registration registration =
        builder()
            .check(
                (target, timeout) -> {
                  if (fails[0]) {
                    throw new NoClassDefFoundError("thrown by the test");
                  }
                  return CompletableFuture.completedFuture(HealthCheck.Result.pass());
                })
            .health(EVERY_SECOND)
            .build();
    registration.start();
    clock.advance(Duration.ofSeconds(3));
    assertThat(directory.entry).isNull();
    fails[0] = false;

    checks(3);

    assertThat(directory.entry).isEqualTo(TARGET);
  }

  @Test
  void whatIsWithdrawnStaysSoThoughTheCheckPasses() {
    Registration registration = checked();

    CompletableFuture<Void> gone = registration.withdraw();
    checks(5);

    assertThat(gone).isCompleted();
    assertThat(directory.entry).isNull();
  }

  @Test
  void aStartAfterTheWithdrawalRegistersNothing() {
    Registration withdrawn = builder().build();
    withdrawn.withdraw();
    withdrawn.start();
    Registration closed = builder().check(check).build();
    closed.close();
    closed.start();

    assertThat(directory.written).isEmpty();
  }

  @Test
  void closeWithdraws() {
    Registration registration = checked();

    registration.close();
    registration.close();

    assertThat(directory.entry).isNull();
    assertThat(directory.closed).isTrue();
  }

  @Test
  void theCheckIsClosedThoughTheRegistrarFailsToClose() {
    directory.closeFailure = new IllegalStateException("thrown by the test");
    List<String> closed = new ArrayList<>();
    HealthCheck closing =
        new HealthCheck() {
          @Override
          public CompletableFuture<Result> check(Target target, Duration timeout) {
            return CompletableFuture.completedFuture(result);
          }

          @Override
          public void close() {
            closed.add("check");
          }
        };
    Registration registration = builder().check(closing).health(EVERY_SECOND).build();

    assertThatThrownBy(registration::close).hasMessage("thrown by the test");

    assertThat(closed).containsExactly("check");
  }

  /** A directory in memory. */
  private static final class Directory implements Registrar {

    private @Nullable Target entry;
    private boolean closed;
    private @Nullable RuntimeException closeFailure;
    private final List<Target> written = new ArrayList<>();

    @Override
    public CompletableFuture<Void> register(Target target) {
      entry = target;
      written.add(target);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> withdraw() {
      entry = null;
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      entry = null;
      closed = true;
      if (closeFailure != null) {
        throw closeFailure;
      }
    }
  }
}
