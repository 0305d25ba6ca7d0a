package io.lbtk.testkit.author;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TokenSourceContract;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The fake keeps to the contract too; written as the author of a plugin would, from outside. */
class FakeTokenSourceTest extends TokenSourceContract {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);

  private final ManualClock clock = new ManualClock();
  private final FakeTokenSource tokens = new FakeTokenSource(clock);
  private List<Target> targets = List.of();

  @Override
  protected TokenSource newSource(List<Target> targets) {
    setTargets(targets);
    return tokens;
  }

  @Override
  protected void setTargets(List<Target> targets) {
    List<Target> before = this.targets;
    this.targets = targets;
    tokens.always(targets.toArray(Target[]::new));
    before.stream()
        .filter(target -> !targets.contains(target))
        .forEach(target -> tokens.gone(target.hostPort()));
  }

  @Override
  protected OptionalInt live() {
    return OptionalInt.of(tokens.live());
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }

  @Test
  void theScriptIsGivenInOrderThenTheRotation() {
    tokens.give(B, B, A).always(A, B);

    for (Target expected : List.of(B, B, A, A, B, A)) {
      assertThat(tokens.take(Demand.any()).join().target()).isEqualTo(expected);
    }
    assertThat(tokens.taken()).containsExactly(B, B, A, A, B, A);
  }

  @Test
  void whatCameBackIsWrittenDown() {
    tokens.give(A, B);
    var first = tokens.take(Demand.any()).join();
    var second = tokens.take(Demand.any()).join();

    second.release(Outcome.reset().withBytes(3, 4));
    first.release(Outcome.closed());
    first.release(Outcome.closed());

    assertThat(tokens.kinds()).containsExactly(Outcome.Kind.RESET, Outcome.Kind.CLOSED);
    assertThat(tokens.awaitReleases(2).get(0).outcome().bytesDown()).isEqualTo(4);
    assertThat(tokens.repeatedReleases()).isOne();
    assertThat(tokens.live()).isZero();
  }
}
