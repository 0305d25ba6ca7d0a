package io.lbtk.core.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownTargetsTest {

  private final Random random = new Random(7);
  private final KnownTargets known = new KnownTargets();
  private final Map<String, Target> model = new LinkedHashMap<>();

  private Target target() {
    return Target.of("t" + random.nextInt(3000), 1).withWeight(random.nextInt(10));
  }

  private void snapshot(int size) {
    model.clear();
    for (int i = 0; i < size; i++) {
      Target target = target();
      model.put(target.hostPort(), target);
    }
    known.apply(Refresh.snapshot(new ArrayList<>(model.values())));
  }

  private void delta() {
    Target added = target();
    String removed = target().hostPort();
    model.remove(removed);
    model.put(added.hostPort(), added);
    known.apply(Refresh.delta(List.of(added), Set.of(removed)));
  }

  /** Seen after each change, or only now and then, when many deltas are not yet worked in. */
  @Test
  void itIsWhatTheReportsMakeOfIt() {
    for (int seenEvery : new int[] {1, 50, 5000}) {
      snapshot(500);
      for (int i = 1; i <= 5000; i++) {
        delta();
        assertThat(known.sizeAtLeast()).isLessThanOrEqualTo(model.size());
        if (i % seenEvery == 0) {
          assertThat(known.size()).isEqualTo(model.size());
        }
        if (i % 1000 == 0 && i % seenEvery == 0) {
          assertThat(known.list()).containsExactlyInAnyOrderElementsOf(model.values());
          assertThat(known.names()).isEqualTo(model.keySet());
        }
      }
      assertThat(known.contains("unknown:1")).isFalse();
    }
  }

  @Test
  void whatIsMissingInOthersIsCounted() {
    known.apply(Refresh.snapshot(SourceRefresher.targets("a:1", "b:1", "c:1")));
    KnownTargets others = new KnownTargets(SourceRefresher.targets("b:1 weight=2", "d:1"));

    assertThat(known.missingIn(others)).isEqualTo(2);
    assertThat(others.missingIn(known)).isEqualTo(1);
  }
}
