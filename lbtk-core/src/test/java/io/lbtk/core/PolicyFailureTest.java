package io.lbtk.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Refresh;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table and the policy stay in agreement, also where the policy throws. */
class PolicyFailureTest {

  private final List<String> gone = new ArrayList<>();
  private final FailingPolicy policy = new FailingPolicy();
  private final TargetTable table =
      new TargetTable(policy, Duration.ofMinutes(10), Ticker.system(), gone::add);
  private final TableRefresh refresh =
      new TableRefresh(table, new ReentrantLock(), () -> {}, () -> {});

  private void list(String... targets) {
    refresh.apply(Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList()));
  }

  private void failToList(String... targets) {
    policy.fails = true;
    assertThatThrownBy(() -> list(targets)).isInstanceOf(NoClassDefFoundError.class);
    policy.fails = false;
  }

  private TableEntry entry(String hostPort) {
    return table.entry(Target.parse(hostPort));
  }

  @Test
  void aTargetThatThePolicyDidNotTakeIsNotShown() {
    failToList("a:1");
    assertThat(table.listed()).isZero();
    assertThat(table.pickable()).isZero();
    assertThat(table.shortage(Set.of())).isEqualTo(Shortage.EMPTY);

    list("a:1");

    assertThat(table.listed()).isOne();
    assertThat(table.take(Demand.any())).isSameAs(entry("a:1"));
  }

  @Test
  void aTargetWhoseChangeThePolicyDidNotTakeIsChangedByTheNextList() {
    list("a:1 weight=1");
    failToList("a:1 weight=2");

    list("a:1 weight=2");

    assertThat(policy.weights).containsExactly(2);
  }

  @Test
  void aTargetThatThePolicyDidNotLetGoIsRemovedByTheNextList() {
    list("a:1");
    failToList();
    assertThat(table.pickable()).isOne();

    list();

    assertThat(table.listed()).isZero();
    assertThat(table.pickable()).isZero();
    assertThat(gone).containsExactly("a:1");
  }

  @Test
  void aTargetThatThePolicyDidNotTakeInItsNewTierIsGone() {
    list("a:1");
    policy.failsToAdd = true;
    assertThatThrownBy(() -> list("a:1 priority=1")).isInstanceOf(NoClassDefFoundError.class);
    policy.failsToAdd = false;
    assertThat(table.pickable()).isZero();
    assertThat(gone).containsExactly("a:1");

    list("a:1 priority=1");

    assertThat(table.take(Demand.any())).isSameAs(entry("a:1"));
  }

  @Test
  void aTargetThatThePolicyDidNotSuspendIsShownAsPickableUntilItDoes() {
    list("a:1");
    Verdict down = new Verdict("health", Verdict.State.DOWN, "");
    policy.fails = true;
    assertThatThrownBy(() -> table.judge(entry("a:1"), down))
        .isInstanceOf(NoClassDefFoundError.class);
    assertThat(table.pickable()).isOne();

    policy.fails = false;
    table.judge(entry("a:1"), down);

    assertThat(table.pickable()).isZero();
    assertThat(gone).containsExactly("a:1");
  }

  @Test
  void aConnectionThatThePolicyDidNotTakeIsNotCounted() {
    list("a:1");
    policy.fails = true;
    assertThatThrownBy(() -> table.take(Demand.any())).isInstanceOf(NoClassDefFoundError.class);

    assertThat(entry("a:1").live()).isZero();
  }

  @Test
  void demandsEndWhereThePolicyThrowsAndAreServedAgainAfterwards() {
    ManualSource source = new ManualSource();
    try (Generator generator = Generator.builder().refresher(source).policy(policy).build()) {
      var waiting = generator.take(Demand.any());
      policy.failsToPick = true;
      source.list("a:1");
      assertThat(waiting).isCompletedExceptionally();
      assertThat(generator.take(Demand.any())).isCompletedExceptionally();

      policy.failsToPick = false;

      assertThat(generator.take(Demand.any())).isCompleted();
    }
  }

  /** Picks the first candidate, and throws when it is told to. */
  private static final class FailingPolicy implements Policy {

    private final List<Candidate> candidates;
    private final List<Integer> weights = new ArrayList<>();
    private final FailingPolicy model;
    private boolean fails;
    private boolean failsToAdd;
    private boolean failsToPick;

    FailingPolicy() {
      candidates = new ArrayList<>();
      model = this;
    }

    private FailingPolicy(FailingPolicy model) {
      this.candidates = new ArrayList<>();
      this.model = model;
    }

    @Override
    public Policy newInstance() {
      return new FailingPolicy(model);
    }

    private static void failIf(boolean fails) {
      if (fails) {
        throw new NoClassDefFoundError("thrown by the test");
      }
    }

    @Override
    public void added(Candidate candidate) {
      failIf(model.fails || model.failsToAdd);
      candidates.add(candidate);
    }

    @Override
    public void changed(Candidate candidate, Target before) {
      failIf(model.fails);
      model.weights.add(candidate.target().weight());
    }

    @Override
    public void removed(Candidate candidate) {
      failIf(model.fails);
      candidates.remove(candidate);
    }

    @Override
    public void suspended(Candidate candidate) {
      failIf(model.fails);
      candidates.remove(candidate);
    }

    @Override
    public void resumed(Candidate candidate) {
      failIf(model.fails);
      candidates.add(candidate);
    }

    @Override
    public void taken(Candidate candidate) {
      failIf(model.fails);
    }

    @Override
    public void released(Candidate candidate, Outcome outcome) {
      failIf(model.fails);
    }

    @Override
    public @Nullable Candidate pick(Demand demand) {
      failIf(model.failsToPick);
      return candidates.stream()
          .filter(candidate -> !demand.excludes(candidate.target()))
          .findFirst()
          .orElse(null);
    }
  }
}
