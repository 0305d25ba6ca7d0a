package io.lbtk.ganglia;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.testkit.LogLines;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTargetsTest {

  private static final Age NOW = new Age(1, 20);
  private static final Age OLD = new Age(80, 20);

  private static HostTargets targets(GangliaMetric metric) {
    return new HostTargets("refresher.x", "gmond:8649", OptionalInt.of(80), metric);
  }

  private static Host host(String address, Age age, Map<String, String> metrics) {
    Map<String, Host.Metric> fresh = new HashMap<>();
    metrics.forEach((name, value) -> fresh.put(name, new Host.Metric(value, NOW)));
    return new Host(address, address, age, fresh);
  }

  private static List<String> read(GangliaMetric metric, Host... hosts) {
    return ((Refresh.Snapshot) targets(metric).of(List.of(hosts)))
        .targets().stream().map(Target::toString).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "CPU,      cpu_idle=98.4,             98",
    "CPU,      cpu_idle=0.0,              1",
    "CPU,      cpu_idle=250,              100",
    "LOAD,     load_one=0.0   cpu_num=4,  100",
    "LOAD,     load_one=4     cpu_num=4,  50",
    "LOAD,     load_one=5000  cpu_num=4,  1",
    "LOAD,     load_one=-1    cpu_num=4,  100",
    "HEADROOM, load_one=1     cpu_num=4,  75",
    "HEADROOM, load_one=9     cpu_num=4,  1",
    "NONE,     load_one=9     cpu_num=4,  1"
  })
  void aMetricBecomesAWeight(GangliaMetric metric, String values, int weight) {
    Map<String, String> metrics =
        List.of(values.split(" +")).stream()
            .map(value -> value.split("="))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

    assertThat(read(metric, host("10.0.0.1", NOW, metrics)))
        .containsExactly(weight == 1 ? "10.0.0.1:80" : "10.0.0.1:80 weight=" + weight);
  }

  @ParameterizedTest
  @CsvSource({
    "load_one=1",
    "load_one=1 cpu_num=0",
    "load_one=NaN cpu_num=2",
    "load_one=x cpu_num=2"
  })
  void aHostWithoutAWholeNumberHasTheMedianOfTheOthers(String values) {
    Map<String, String> metrics =
        List.of(values.split(" ")).stream()
            .map(value -> value.split("="))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

    assertThat(
            read(
                GangliaMetric.LOAD,
                host("10.0.0.1", NOW, Map.of("load_one", "1", "cpu_num", "1")),
                host("10.0.0.2", NOW, Map.of("load_one", "3", "cpu_num", "1")),
                host("10.0.0.3", NOW, Map.of("load_one", "0", "cpu_num", "1")),
                host("10.0.0.4", NOW, metrics)))
        .containsExactly(
            "10.0.0.1:80 weight=50",
            "10.0.0.2:80 weight=25",
            "10.0.0.3:80 weight=100",
            "10.0.0.4:80 weight=50");
  }

  @Test
  void aMetricThatIsTooOldCountsAsTheMedian() {
    Host late =
        new Host(
            "10.0.0.1",
            "10.0.0.1",
            NOW,
            Map.of("cpu_idle", new Host.Metric("3", new Age(360, 90))));

    assertThat(
            read(
                GangliaMetric.CPU,
                late,
                host("10.0.0.2", NOW, Map.of("cpu_idle", "40")),
                host("10.0.0.3", NOW, Map.of("cpu_idle", "60")),
                host("10.0.0.4", NOW, Map.of("cpu_idle", "70"))))
        .contains("10.0.0.1:80 weight=60");
  }

  @Test
  void withoutTwoHostsThatWereMeasuredAllAreEqual() {
    try (LogLines log = new LogLines("io.lbtk.ganglia")) {
      HostTargets targets = targets(GangliaMetric.CPU);
      Host measured = host("10.0.0.1", NOW, Map.of("cpu_idle", "30"));
      Host other = host("10.0.0.2", NOW, Map.of());

      assertThat(((Refresh.Snapshot) targets.of(List.of(measured, other))).targets())
          .extracting(Target::weight)
          .containsExactly(30, 30);
      for (int i = 0; i < 3; i++) {
        assertThat(((Refresh.Snapshot) targets.of(List.of(other))).targets())
            .containsExactly(Target.of("10.0.0.2", 80));
      }
      assertThat(log.lines())
          .containsExactly(
              "WARN refresher.x: gmond:8649: no host has the values for metric = cpu; all have the same"
                  + " weight");
    }
  }

  @Test
  void aHostThatWasNotHeardOfForFourTimesItsLimitIsGone() {
    assertThat(
            read(
                GangliaMetric.NONE,
                host("10.0.0.1", new Age(79, 20), Map.of()),
                host("10.0.0.2", OLD, Map.of()),
                host("10.0.0.3", new Age(80, 0), Map.of())))
        .containsExactly("10.0.0.1:80", "10.0.0.3:80");
  }

  @ParameterizedTest
  @CsvSource({
    "soon, 20",
    "-5, 20",
    "1.5, 20",
    "99999999999999, 20",
    "1, often",
    "1, -20",
    "1, 86401",
    "1, 99999999999"
  })
  void aHostOfAnImpossibleAgeIsNamedAndSkipped(String tn, String tmax) {
    try (LogLines bad = new LogLines("io.lbtk.discovery")) {
      assertThat(
              read(
                  GangliaMetric.NONE,
                  host("10.0.0.1", Age.of(tn, tmax), Map.of()),
                  host("10.0.0.2", NOW, Map.of())))
          .containsExactly("10.0.0.2:80");
      assertThat(bad.lines()).singleElement().asString().contains("10.0.0.1").contains("TN");
    }
  }

  @Test
  void anAnswerWithoutAnyHostIsAFailure() {
    assertThat(targets(GangliaMetric.NONE).of(List.of()))
        .isInstanceOfSatisfying(
            Refresh.Failure.class,
            failure -> assertThat(failure.message()).startsWith("gmond:8649: it lists no host"));
  }

  @Test
  void anAnswerWithSilentHostsAloneIsAFailure() {
    Host silent = host("10.0.0.2", OLD, Map.of());

    assertThat(targets(GangliaMetric.NONE).of(List.of(silent, silent)))
        .isInstanceOfSatisfying(
            Refresh.Failure.class,
            failure ->
                assertThat(failure.message())
                    .startsWith("gmond:8649: none of its 2 hosts has reported recently"));
  }

  @Test
  void aHostTellsItsPortByAMetric() {
    assertThat(
            read(
                GangliaMetric.NONE,
                host("10.0.0.1", NOW, Map.of("lbtk_port", "8080")),
                host("10.0.0.2", NOW, Map.of())))
        .containsExactly("10.0.0.1:8080", "10.0.0.2:80");
  }

  @Test
  void theNameIsAnAttributeAndStandsInForTheAddress() {
    assertThat(
            read(
                GangliaMetric.NONE,
                new Host("web1.example", "10.0.0.1", NOW, Map.of()),
                new Host("web2.example", "", NOW, Map.of()),
                new Host("", "10.0.0.3", NOW, Map.of())))
        .containsExactly("10.0.0.1:80 name=web1.example", "10.0.0.3:80", "web2.example:80");
  }

  @Test
  void hostsThatAreNoTargetsAreNamedAndSkipped() {
    try (LogLines log = new LogLines("io.lbtk.ganglia");
        LogLines bad = new LogLines("io.lbtk.discovery")) {
      HostTargets targets =
          new HostTargets("refresher.x", "gmond:8649", OptionalInt.empty(), GangliaMetric.NONE);
      Host good = host("10.0.0.1", NOW, Map.of("lbtk_port", "80"));
      Host large = host("x".repeat(10 << 20), NOW, Map.of("lbtk_port", "80"));
      List<Host> hosts =
          List.of(
              good,
              host("10.0.0.2", NOW, Map.of()),
              host("10.0.0.3", NOW, Map.of("lbtk_port", "http")),
              host("10.0.0.4", NOW, Map.of("lbtk_port", "0")),
              large,
              host("", NOW, Map.of("lbtk_port", "80")));

      assertThat(targets.of(hosts)).isEqualTo(Refresh.snapshot(List.of(Target.of("10.0.0.1", 80))));
      assertThat(log.lines()).isEmpty();
      assertThat(bad.lines())
          .hasSize(5)
          .allMatch(line -> line.startsWith("WARN refresher.x: gmond:8649, a host: "))
          .allMatch(line -> line.length() < 500)
          .anyMatch(
              line ->
                  line.contains("lbtk_port \"http\" (expected: a whole number from 1 to 65535)"))
          .anyMatch(line -> line.contains("no port (expected: the option port"));
      assertThat(targets.of(List.of(large))).isInstanceOf(Refresh.Failure.class);
    }
  }
}
