package io.lbtk.standard.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Candidate;
import io.lbtk.api.Demand;
import io.lbtk.api.Target;
import io.lbtk.testkit.TestCandidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RotationTest {

  private final Rotation rotation = new Rotation(RoundRobin.Entry::of);

  /** The same as a plain list, the next turn first. */
  private final List<TestCandidate> model = new ArrayList<>();

  private int names;

  @Test
  void theOrderIsThatOfAListThroughAnyChanges() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      for (int phase = 0; phase < 12; phase++) {
        int aim = phase % 2 == 0 ? 50 + random.nextInt(500) : random.nextInt(40);
        while (model.size() != aim) {
          boolean grow = model.size() < aim ? random.nextInt(4) > 0 : random.nextInt(4) == 0;
          if (grow || model.isEmpty()) {
            add(random.nextBoolean());
          } else {
            remove(random.nextInt(model.size()));
          }
          take(random.nextInt(3) == 0 ? random.nextInt(100) : 0);
          takeExcluding(random.nextInt(6), random);
        }
        take(2 * model.size());
      }
    }
  }

  @Test
  void oneAfterTheOtherMayGoFromTheFrontOrTheBack() {
    for (int i = 0; i < 1000; i++) {
      add(true);
    }
    take(333);
    while (model.size() > 600) {
      remove(0);
    }
    while (model.size() > 300) {
      remove(model.size() - 1);
    }
    take(1000);
    while (!model.isEmpty()) {
      remove(model.size() / 2);
    }
    add(true);
    take(3);
  }

  private void add(boolean last) {
    TestCandidate candidate = new TestCandidate(Target.of("h" + names++, 1));
    RoundRobin.Entry turn = new RoundRobin.Entry(candidate);
    candidate.attach(turn);
    if (last || model.isEmpty()) {
      rotation.addLast(turn, 0);
      model.add(candidate);
    } else {
      rotation.addSecond(turn, 0);
      model.add(1, candidate);
    }
    assertThat(rotation.size()).isEqualTo(model.size());
  }

  private void remove(int index) {
    rotation.remove(RoundRobin.Entry.of(model.remove(index)));
    assertThat(rotation.size()).isEqualTo(model.size());
  }

  private void take(int times) {
    if (model.isEmpty()) {
      return;
    }
    List<Candidate> taken = new ArrayList<>();
    List<Candidate> expected = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      taken.add(rotation.take(0, 1));
      expected.add(model.get(i % model.size()));
    }
    Collections.rotate(model, -(times % model.size()));
    assertThat(taken).isEqualTo(expected);
  }

  /** Excludes the first ones, and a few more here and there. */
  private void takeExcluding(int count, Random random) {
    Set<String> excluded = new HashSet<>();
    for (int i = 0; i < Math.min(count, model.size()); i++) {
      excluded.add(model.get(i).hostPort());
      excluded.add(model.get(random.nextInt(model.size())).hostPort());
    }
    int i = 0;
    while (i < model.size() && excluded.contains(model.get(i).hostPort())) {
      i++;
    }
    assertThat(rotation.bringUp(Demand.any().excluding(excluded))).isEqualTo(i < model.size());
    if (i < model.size()) {
      TestCandidate candidate = model.remove(i);
      model.add(candidate);
      assertThat(rotation.take(0, 1)).isEqualTo(candidate);
    }
  }
}
