package io.lbtk.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Policy;
import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.Verdict;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.core.refresh.OnEmpty;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of the demands that wait are served, in which order, and how many are looked at for it. */
class WaitingDemandsTest {

  private final ManualClock clock = new ManualClock();
  private final ManualSource source = new ManualSource();
  private final CountingPolicy policy = new CountingPolicy();
  private final Generator generator =
      Generator.builder()
          .refresher(
              GuardedRefresher.builder(source)
                  .onEmpty(OnEmpty.ACCEPT)
                  .debounce(Duration.ZERO)
                  .scheduler(clock)
                  .ticker(clock)
                  .build())
          .policy(policy)
          .scheduler(clock)
          .ticker(clock)
          .build();

  @AfterEach
  void close() {
    generator.close();
  }

  private void judge(String hostPort, Verdict.State state) {
    generator.judge(hostPort, new Verdict("limits", state, ""));
  }

  /** Without an index this looks at 20,000 demands for each of the 2,000 releases: for minutes. */
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void aReleaseOrChangeThatServesNobodyLooksAtNobody() {
    String[] targets = IntStream.range(0, 40).mapToObj(i -> "t" + i + ":1").toArray(String[]::new);
    source.list(targets);
    List<Token> live = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      live.add(generator.take(Demand.any()).join());
    }
    for (int i = 1; i < targets.length; i++) {
      judge(targets[i], Verdict.State.LIMITED);
    }
    Random random = new Random(1);
    List<String> others = new ArrayList<>(List.of(targets).subList(1, targets.length));
    List<Set<String>> excluded = new ArrayList<>();
    List<CompletableFuture<Token>> waiting = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Set<String> excludes = new LinkedHashSet<>(Set.of("t0:1"));
      if (i % 4 > 0) {
        Collections.shuffle(others, random);
        excludes.addAll(others.subList(0, 15));
      }
      excluded.add(excludes);
      waiting.add(generator.take(Demand.any().excluding(excludes)));
    }
    policy.picks[0] = 0;

    live.forEach(token -> token.release(Outcome.closed()));
    for (int i = 0; i < 500; i++) {
      judge("t0:1", Verdict.State.LIMITED);
      judge("t0:1", Verdict.State.UP);
      judge("t1:1", Verdict.State.DOWN);
      judge("t1:1", Verdict.State.LIMITED);
    }
    assertThat(policy.picks[0]).isZero();
    assertThat(waiting).noneMatch(CompletableFuture::isDone);

    judge("t1:1", Verdict.State.UP);

    int served = 0;
    for (int i = 0; i < waiting.size(); i++) {
      boolean isServed = !excluded.get(i).contains("t1:1");
      assertThat(waiting.get(i).isDone()).isEqualTo(isServed);
      served += isServed ? 1 : 0;
    }
    assertThat(policy.picks[0]).isEqualTo(served);
  }

  @Test
  void demandsAreServedInTheOrderOfTheirArrivalWhateverTheyExclude() {
    List<Integer> served = new ArrayList<>();
    List<Set<String>> sets = List.of(Set.of(), Set.of("b:1"), Set.of("b:1", "c:1"), Set.of("d:1"));
    for (int i = 0; i < 40; i++) {
      int number = i;
      generator
          .take(Demand.any().excluding(sets.get(i * 7 % sets.size())))
          .thenAccept(token -> served.add(number));
    }

    source.list("a:1");

    assertThat(served).containsExactlyElementsOf(IntStream.range(0, 40).boxed().toList());
  }

  /** After each step every demand that waits is one that has to, and knows why. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverHappensWhoWaitsHasToAndKnowsWhy(long seed) {
    Random random = new Random(seed);
    List<Asked> waiting = new ArrayList<>();
    List<Token> live = new ArrayList<>();
    List<Asked> served = new ArrayList<>();
    // With more than 16 targets a demand cannot exclude all of them.
    int targets = seed % 2 == 0 ? 5 : 24;
    for (int step = 0; step < 3000; step++) {
      String hostPort = "t%d:1".formatted(random.nextInt(targets));
      served.clear();
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          Asked asked = new Asked(step, excluded(random, targets), served);
          asked.future = generator.take(asked.demand());
          asked.future.thenAccept(token -> asked.served());
          waiting.add(asked);
        }
        case 2 -> judge(hostPort, Verdict.State.UP);
        case 3 -> judge(hostPort, Verdict.State.LIMITED);
        case 4 -> judge(hostPort, Verdict.State.DOWN);
        case 5 -> source.list(list(random, targets));
        case 6 -> {
          if (!live.isEmpty()) {
            live.remove(random.nextInt(live.size())).release(Outcome.closed());
          }
        }
        default -> {
          if (!waiting.isEmpty() && random.nextInt(4) == 0) {
            waiting.get(random.nextInt(waiting.size())).future.cancel(false);
          }
          clock.advance(Duration.ofMillis(random.nextInt(100)));
        }
      }
      assertThat(served).as("order at step %d", step).isSortedAccordingTo(Asked.BY_ARRIVAL);
      waiting.removeIf(asked -> isEnded(asked, live));
      check(waiting, step);
    }
  }

  private static boolean isEnded(Asked asked, List<Token> live) {
    if (asked.future.isDone() && !asked.future.isCompletedExceptionally()) {
      live.add(asked.future.join());
    }
    return asked.future.isDone();
  }

  private void check(List<Asked> waiting, int step) {
    Map<String, TargetStatus> targets = new HashMap<>();
    generator.targets().forEach(status -> targets.put(status.target().hostPort(), status));
    for (Asked asked : waiting) {
      boolean busy = false;
      boolean anyPickable = false;
      for (TargetStatus status : targets.values()) {
        boolean excluded = asked.excluded.contains(status.target().hostPort());
        anyPickable |= status.pickable();
        assertThat(status.pickable() && !excluded).as("not served at step %d", step).isFalse();
        busy |= !excluded && status.target().weight() > 0 && isLimited(status);
      }
      assertThat(anyPickable && !busy).as("not refused at step %d", step).isFalse();
      assertThat(asked.told)
          .as("at step %d", step)
          .isEqualTo(busy ? Shortage.BUSY : Shortage.EMPTY);
    }
  }

  private static boolean isLimited(TargetStatus status) {
    return status.verdicts().stream().allMatch(verdict -> verdict.state() == Verdict.State.LIMITED)
        && !status.verdicts().isEmpty();
  }

  private static Set<String> excluded(Random random, int targets) {
    Set<String> excluded = new LinkedHashSet<>();
    for (int i = random.nextInt(Math.min(targets, Demand.MAX_EXCLUDED) + 1); i > 0; i--) {
      excluded.add("t%d:1".formatted(random.nextInt(targets)));
    }
    return random.nextInt(3) == 0 ? Set.of() : excluded;
  }

  private static String[] list(Random random, int targets) {
    return IntStream.range(0, targets)
        .filter(i -> random.nextInt(4) > 0)
        .mapToObj(i -> "t%d:1 weight=%d".formatted(i, random.nextInt(4)))
        .toArray(String[]::new);
  }

  /** A demand and what became of it. */
  private static final class Asked {

    private static final Comparator<Asked> BY_ARRIVAL =
        Comparator.comparingInt(asked -> asked.number);

    private final int number;
    private final Set<String> excluded;
    private final List<Asked> allServed;
    private CompletableFuture<Token> future = new CompletableFuture<>();
    private @Nullable Shortage told;

    Asked(int number, Set<String> excluded, List<Asked> allServed) {
      this.number = number;
      this.excluded = excluded;
      this.allServed = allServed;
    }

    Demand demand() {
      return Demand.any()
          .excluding(excluded)
          .timeout(Duration.ofMillis(500))
          .whileWaiting(
              shortage -> {
                assertThat(shortage).isNotEqualTo(told);
                told = shortage;
              });
    }

    void served() {
      allServed.add(this);
    }
  }

  /** Counts the picks of all tiers. */
  private static final class CountingPolicy implements Policy {

    private final Policy policy = new RotatingPolicy();
    private final int[] picks;

    CountingPolicy() {
      this(new int[1]);
    }

    private CountingPolicy(int[] picks) {
      this.picks = picks;
    }

    @Override
    public Policy newInstance() {
      return new CountingPolicy(picks);
    }

    @Override
    public void added(Candidate candidate) {
      policy.added(candidate);
    }

    @Override
    public void changed(Candidate candidate, Target before) {
      policy.changed(candidate, before);
    }

    @Override
    public void removed(Candidate candidate) {
      policy.removed(candidate);
    }

    @Override
    public void suspended(Candidate candidate) {
      policy.suspended(candidate);
    }

    @Override
    public void resumed(Candidate candidate) {
      policy.resumed(candidate);
    }

    @Override
    public @Nullable Candidate pick(Demand demand) {
      picks[0]++;
      return policy.pick(demand);
    }
  }
}
