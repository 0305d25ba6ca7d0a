package io.lbtk.core.refresh;

import static io.lbtk.core.refresh.SourceRefresher.targets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher.Mode;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WeighedRefresherTest {

  private final SourceRefresher of = new SourceRefresher(Mode.POLLED);
  private final SourceRefresher by = new SourceRefresher(Mode.POLLED);
  private final WeighedRefresher weighed =
      WeighedRefresher.builder(of, by).name("refresher.all").build();
  private final RecordingListener listener = new RecordingListener();

  @AfterEach
  void close() {
    weighed.close();
    assertThat(listener.violations()).isEmpty();
  }

  private void assertTargets(String... expected) {
    assertThat(listener.targets()).containsExactlyInAnyOrderElementsOf(targets(expected));
  }

  @Test
  void aWeightIsItsOwnTimesThatOfTheHostInProportionToTheMedian() {
    weighed.start(listener);
    by.list("a:9 weight=20", "b:9 weight=40", "c:9 weight=80");

    of.list("a:1", "b:1", "c:1", "c:2 weight=3");

    assertTargets("a:1 weight=50", "b:1 weight=100", "c:1 weight=200", "c:2 weight=600");
  }

  @Test
  void allButTheWeightIsThatOfTheList() {
    weighed.start(listener);
    by.list("a:9 weight=20 priority=4 zone=x", "b:9 weight=40");

    of.list("a:1 priority=2 zone=b", "b:1");

    assertTargets("a:1 weight=67 priority=2 zone=b", "b:1 weight=133");
  }

  @Test
  void aHostThatHasNoWeightCountsAsTheMedian() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=20", "c:9 weight=60");

    of.list("a:1", "c:1", "unknown:1");

    assertTargets("a:1 weight=50", "c:1 weight=300", "unknown:1 weight=100");
  }

  @Test
  void aHostIsAlsoFoundByTheAttributeName() {
    weighed.start(listener);
    by.list("10.0.0.1:9 weight=10 name=a.example", "10.0.0.2:9 weight=30 name=b.example");

    of.list("a.example:1", "10.0.0.2:1");

    assertTargets("a.example:1 weight=50", "10.0.0.2:1 weight=150");
  }

  @Test
  void severalWeightsOfOneHostCountAsTheirMean() {
    weighed.start(listener);
    by.list("a:8 weight=10", "a:9 weight=20", "b:9 weight=30", "c:9 weight=45");

    of.list("a:1", "b:1", "c:1");

    assertTargets("a:1 weight=50", "b:1 weight=100", "c:1 weight=150");
  }

  @Test
  void aWeightOfZeroStaysInEitherList() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=10", "c:9 weight=0");

    of.list("a:1 weight=0", "b:1", "c:1");

    assertTargets("a:1 weight=0", "b:1 weight=100", "c:1 weight=0");
  }

  @Test
  void noHostGetsMoreThanTenTimesTheMedianNorLessThanAHundredth() {
    weighed.start(listener);
    by.list("a:9 weight=1", "b:9 weight=1000", "c:9 weight=65535");

    of.list("a:1", "b:1", "c:1");

    assertTargets("a:1", "b:1 weight=100", "c:1 weight=1000");
  }

  @Test
  void largeWeightsAreNotMultipliedBeyondWhatAWeightCanBe() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=20", "c:9 weight=30");

    of.list("a:1 weight=66", "c:1 weight=655");
    assertTargets("a:1 weight=330", "c:1 weight=9825");
    of.list("a:1 weight=1", "b:1 weight=50000", "c:1 weight=60000");

    assertTargets("a:1 weight=1", "b:1 weight=50000", "c:1 weight=65535");
  }

  @Test
  void aDeltaWithALargerWeightBringsAllToTheSameScale() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=30");
    of.list("a:1 weight=2", "b:1 weight=2");
    assertTargets("a:1 weight=100", "b:1 weight=300");

    of.add("b:1 weight=100");
    assertTargets("a:1 weight=10", "b:1 weight=1500");
    of.add("b:1 weight=2");

    assertTargets("a:1 weight=10", "b:1 weight=30");
  }

  @Test
  void changesOfTheListArePassedOnWithTheirWeights() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=30");
    of.list("a:1");

    of.report(Refresh.delta(targets("b:1"), Set.of("a:1")));

    assertThat(listener.reports().get(1))
        .isEqualTo(Refresh.delta(targets("b:1 weight=150"), Set.of("a:1")));
  }

  @Test
  void theListWaitsForNoWeights() {
    weighed.start(listener);

    of.list("a:1", "b:1 weight=3");
    assertTargets("a:1", "b:1 weight=3");
    by.list("a:9 weight=10", "b:9 weight=30");

    assertTargets("a:1 weight=50", "b:1 weight=450");
  }

  @Test
  void aChangeBelowTheHysteresisIsNotReported() {
    weighed.start(listener);
    by.list("a:9 weight=100", "b:9 weight=200", "c:9 weight=300");
    of.list("a:1", "b:1", "c:1");
    int before = listener.reports().size();

    for (int noise : new int[] {95, 105, 99, 109, 91}) {
      by.list("a:9 weight=" + noise, "b:9 weight=200", "c:9 weight=" + (noise + 200));
    }
    assertThat(listener.reports()).hasSize(before);
    by.list("a:9 weight=110", "b:9 weight=200", "c:9 weight=300");

    assertThat(listener.reports().get(before))
        .isEqualTo(Refresh.delta(targets("a:1 weight=55"), Set.of()));
  }

  @Test
  void withAHysteresisOfZeroEveryChangeIsReported() {
    SourceRefresher ofAll = new SourceRefresher(Mode.PUSHED);
    SourceRefresher byAll = new SourceRefresher(Mode.PUSHED);
    try (WeighedRefresher all = WeighedRefresher.builder(ofAll, byAll).hysteresis(0).build()) {
      all.start(listener);
      byAll.list("a:9 weight=100", "b:9 weight=200", "c:9 weight=300");
      ofAll.list("a:1", "b:1", "c:1");

      byAll.list("a:9 weight=102", "b:9 weight=200", "c:9 weight=300");

      assertTargets("a:1 weight=51", "b:1 weight=100", "c:1 weight=150");
    }
  }

  @Test
  void weightsOfHostsThatListNoTargetChangeNothing() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=20", "c:9 weight=30", "d:9 weight=20");
    of.list("b:1");
    int before = listener.reports().size();

    by.list("a:9 weight=3", "b:9 weight=20", "c:9 weight=90", "d:9 weight=20");

    assertThat(listener.reports()).hasSize(before);
  }

  @Test
  void whileTheWeightsFailTheTargetsHaveTheirOwn() {
    try (LogLines log = new LogLines("io.lbtk.core.refresh")) {
      weighed.start(listener);
      by.list("a:9 weight=10", "b:9 weight=30");
      of.list("a:1 weight=2", "b:1");

      by.fail("gmond:8649: no route");
      by.fail("gmond:8649: no route");
      assertTargets("a:1 weight=2", "b:1");
      of.add("c:1 weight=4");
      assertTargets("a:1 weight=2", "b:1", "c:1 weight=4");
      by.list("a:9 weight=10", "b:9 weight=30");

      assertTargets("a:1 weight=100", "b:1 weight=150", "c:1 weight=400");
      assertThat(listener.failures()).isEmpty();
      assertThat(log.lines())
          .containsExactly(
              "WARN refresher.all: gmond:8649: no route; the targets have their own weights",
              "INFO refresher.all: there are weights of hosts again");
    }
  }

  @Test
  void fewerThanTwoHostsOrNoneAboveZeroSayNothing() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=30");
    of.list("a:1", "b:1 weight=2");
    List<String> useless =
        List.of("", "a:9 weight=10, a:8 weight=30", "a:9 weight=0, b:9 weight=0");

    for (String list : useless) {
      by.list("a:9 weight=10", "b:9 weight=30");
      assertTargets("a:1 weight=50", "b:1 weight=300");
      by.list(list.isEmpty() ? new String[0] : list.split(", "));
      assertTargets("a:1", "b:1 weight=2");
    }
  }

  @Test
  void aFailureOfTheListIsPassedOnAndChangesNothing() {
    weighed.start(listener);
    by.list("a:9 weight=10", "b:9 weight=30");
    of.list("a:1");

    of.fail("no route");

    assertTargets("a:1 weight=50");
    assertThat(listener.failures())
        .containsExactly(new Refresh.Failure("no route", Optional.empty()));
  }

  @Test
  void reportsOfBothAreSerialAndNoneIsLost() throws Exception {
    weighed.start(listener);
    of.list();
    CompletableFuture<Void> one =
        CompletableFuture.runAsync(
            () -> IntStream.range(0, 500).forEach(i -> of.add("a" + i + ":1")));
    CompletableFuture<Void> two =
        CompletableFuture.runAsync(
            () ->
                IntStream.range(0, 500)
                    .forEach(i -> by.list("a7:9 weight=" + (i % 50 + 1), "b:9 weight=30")));

    CompletableFuture.allOf(one, two).get(30, TimeUnit.SECONDS);

    by.list("a7:9 weight=10", "b:9 weight=30");
    assertThat(listener.hostPorts()).hasSize(500);
    assertThat(listener.targets()).contains(targets("a7:1 weight=50").get(0));
    assertThat(listener.targets()).contains(targets("a499:1 weight=100").get(0));
  }

  @Test
  void closeClosesBoth() {
    weighed.start(listener);
    of.list("a:1");

    weighed.close();
    listener.closed();
    weighed.close();

    assertThat(of.isClosed()).isTrue();
    assertThat(by.isClosed()).isTrue();
  }

  @Test
  void aReportForTheSakeOfWeightsConfirmsNothing() {
    assertThat(weighed.mode()).isEqualTo(Mode.PUSHED);
    assertThat(WeighedRefresher.builder(new SourceRefresher(Mode.STATED), by).build().mode())
        .isEqualTo(Mode.STATED);
  }

  @Test
  void aHysteresisThatIsNoPercentageIsRefused() {
    assertThatThrownBy(() -> WeighedRefresher.builder(of, by).hysteresis(101))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hysteresis 101 (expected: 0 to 100)");
  }

  @Test
  void whatTheListenerDidNotTakeOverComesWithTheNextReport() {
    FailingListener failing = new FailingListener(listener);
    weighed.start(failing);
    failing.failNext(1);
    assertThatThrownBy(() -> of.list("a:1", "b:1")).isInstanceOf(NoClassDefFoundError.class);
    of.list("a:1", "b:1");
    assertTargets("a:1", "b:1");

    failing.failNext(1);
    assertThatThrownBy(() -> by.list("a:9 weight=10", "b:9 weight=30"))
        .isInstanceOf(NoClassDefFoundError.class);
    by.list("a:9 weight=10", "b:9 weight=30");

    assertTargets("a:1 weight=50", "b:1 weight=150");
  }
}
