package io.lbtk.ganglia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.WeighedRefresher;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.RecordingListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real gmond says of hosts, and what a replay of it can say that is wrong. */
class GangliaRefresherTest {

  @TempDir private static Path folder;

  private final RecordingListener listener = new RecordingListener();
  private @Nullable Refresher refresher;

  @AfterEach
  void close() {
    if (refresher != null) {
      refresher.close();
    }
    assertThat(listener.violations()).isEmpty();
  }

  private static GangliaRefresher.Builder builder(InetSocketAddress server) {
    return GangliaRefresher.builder("127.0.0.1", server.getPort())
        .port(80)
        .interval(Duration.ofMillis(50));
  }

  private Refresher start(GangliaRefresher.Builder builder) {
    Refresher built = builder.build();
    refresher = built;
    built.start(listener);
    return built;
  }

  private String failure(GangliaRefresher.Builder builder) {
    start(builder);
    listener.awaitFailures(1);
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  @Test
  void hostsOfGmondAreTargetsAndTheirLoadIsTheirWeight() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      start(builder(gmond.address()).cluster("lbtk").metric(GangliaMetric.LOAD));
      listener.awaitFailures(1);
      assertThat(listener.failures().get(0).message()).contains("it lists no host");

      gmond.hear("10.0.0.1", "web1.lbtk.test", "cpu_num", "4");
      gmond.hear("10.0.0.1", "web1.lbtk.test", "load_one", "1.0");
      gmond.hear("10.0.0.2", "web2.lbtk.test", "cpu_num", "2");
      gmond.hear("10.0.0.2", "web2.lbtk.test", "load_one", "2.0");
      gmond.hear("10.0.0.2", "web2.lbtk.test", "lbtk_port", "8080");

      listener.awaitTargets(
          "10.0.0.1:80 weight=80 name=web1.lbtk.test",
          "10.0.0.2:8080 weight=50 name=web2.lbtk.test");
    }
  }

  @Test
  void tenThousandHostsOfGmondAreTargets() throws IOException {
    List<Target> many =
        IntStream.range(0, 10_000)
            .mapToObj(i -> Target.of("10.1.%d.%d".formatted(i / 250, i % 250), 8080))
            .toList();
    try (GmondDirectory gmond = new GmondDirectory(folder, 20)) {
      gmond.write(many);

      start(builder(gmond.address()));

      listener.awaitTargets(many);
    }
  }

  @Test
  void whenNobodyIsHeardAnyMoreTheTargetsStay() throws IOException {
    try (GmondDirectory gmond = new GmondDirectory(folder, 1)) {
      gmond.write(List.of(Target.of("10.0.0.1", 8080), Target.of("10.0.0.2", 8080)));
      start(builder(gmond.address()));
      listener.awaitTargets("10.0.0.1:8080", "10.0.0.2:8080");

      gmond.write(List.of());
      listener.awaitFailures(1);

      assertThat(listener.failures().get(0).message())
          .contains("none of its 2 hosts has reported recently");
      // Both have not fallen silent in the same second.
      assertThat(listener.targets()).isNotEmpty();
    }
  }

  @Test
  void theLoadOfHostsWeighsTheTargetsOfAnotherList() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      for (String metric : List.of("cpu_num", "load_one")) {
        gmond.hear("10.0.0.1", "web1.lbtk.test", metric, "1");
        gmond.hear("10.0.0.2", "web2.lbtk.test", metric, metric.equals("cpu_num") ? "1" : "3");
        gmond.hear("10.0.0.3", "web3.lbtk.test", metric, "1");
      }
      Refresher list =
          new Listed(
              List.of(
                  "10.0.0.1:80 zone=b",
                  "web2.lbtk.test:81",
                  "10.0.0.3:82 weight=2",
                  "10.0.0.4:83"));
      Refresher weighed =
          WeighedRefresher.builder(
                  list, builder(gmond.address()).metric(GangliaMetric.LOAD).build())
              .build();
      refresher = weighed;

      weighed.start(listener);

      listener.awaitTargets(
          "10.0.0.1:80 weight=100 zone=b",
          "web2.lbtk.test:81 weight=50",
          "10.0.0.3:82 weight=200",
          "10.0.0.4:83 weight=100");
    }
  }

  /** Lists these targets at once. */
  private record Listed(List<String> lines) implements Refresher {

    @Override
    public void start(RefreshListener listener) {
      listener.onRefresh(Refresh.snapshot(lines.stream().map(Target::parse).toList()));
    }

    @Override
    public void close() {}
  }

  @Test
  void aHostThatFallsSilentIsGoneAndBackWhenItIsHeardAgain() {
    try (Gmond gmond = new Gmond(folder, 1)) {
      start(builder(gmond.address()).metric(GangliaMetric.CPU));
      await()
          .untilAsserted(
              () -> {
                gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "70");
                gmond.hear("10.0.0.2", "10.0.0.2", "cpu_idle", "30");
                assertThat(listener.hostPorts())
                    .containsExactlyInAnyOrder("10.0.0.1:80", "10.0.0.2:80");
              });

      await()
          .untilAsserted(
              () -> {
                gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "70");
                assertThat(listener.hostPorts()).containsExactly("10.0.0.1:80");
              });

      await()
          .untilAsserted(
              () -> {
                gmond.hear("10.0.0.2", "10.0.0.2", "cpu_idle", "40");
                assertThat(listener.targets()).contains(Target.parse("10.0.0.2:80 weight=40"));
              });
    }
  }

  @Test
  void aMetricThatIsNotRenewedComesToCountAsTheMedian() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      gmond.hear("10.0.0.2", "10.0.0.2", "cpu_idle", "60");
      gmond.hear("10.0.0.3", "10.0.0.3", "cpu_idle", "40");
      start(builder(gmond.address()).metric(GangliaMetric.CPU));
      await()
          .untilAsserted(
              () -> {
                gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "5", "--tmax=1");
                assertThat(listener.targets()).contains(Target.parse("10.0.0.1:80 weight=5"));
              });

      listener.awaitTargets(
          "10.0.0.1:80 weight=60", "10.0.0.2:80 weight=60", "10.0.0.3:80 weight=40");
    }
  }

  @Test
  void aGmondThatWasStartedAgainAndHasHeardNobodyLosesNoTarget() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "70");
      start(builder(gmond.address()));
      listener.awaitTargets("10.0.0.1:80");

      gmond.restart();
      await()
          .until(
              () ->
                  listener.failures().stream()
                      .anyMatch(failure -> failure.message().contains("it lists no host")));
      gmond.hear("10.0.0.2", "10.0.0.2", "cpu_idle", "70");

      listener.awaitTargets("10.0.0.2:80");
      assertThat(listener.reports()).doesNotContain(Refresh.snapshot(List.of()));
    }
  }

  @Test
  void aClusterThatGmondDoesNotHaveIsAFailure() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "70");

      assertThat(failure(builder(gmond.address()).cluster("other")))
          .isEqualTo(
              "127.0.0.1:%d: there is no cluster \"other\" (expected: one of lbtk)"
                  .formatted(gmond.address().getPort()));
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    try (ClosedPort nobody = new ClosedPort()) {
      Target there = nobody.target();

      assertThat(failure(GangliaRefresher.builder(there.host(), there.port())))
          .startsWith(there.hostPort() + ": it cannot be connected to: ");
    }
  }

  @Test
  void aHostThatIsNotKnownIsNamed() {
    assertThat(failure(GangliaRefresher.builder("none.invalid", 8649)))
        .startsWith("none.invalid:8649: the host is not known");
  }

  @Test
  void aServerThatSaysNothingIsLeftAfterTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertThat(
              failure(
                  builder((InetSocketAddress) silent.getLocalSocketAddress())
                      .timeout(Duration.ofMillis(200))))
          .contains(": no answer within 200 ms (timeout; ")
          .contains("the interactive port of a gmetad");
    }
  }

  @Test
  void aServerThatDoesNotComeToAnEndIsLeftAfterTheTimeout() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      start(
          builder((InetSocketAddress) silent.getLocalSocketAddress())
              .timeout(Duration.ofMillis(200)));
      try (Socket accepted = silent.accept()) {
        accepted.getOutputStream().write('<');
        listener.awaitFailures(1);

        assertThat(listener.failures().get(0).message())
            .endsWith(": no whole answer within 200 ms (timeout)");
      }
    }
  }

  @Test
  void aReadThatIsUnderWayEndsWithTheRefresher() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Refresher waiting =
          start(
              builder((InetSocketAddress) silent.getLocalSocketAddress())
                  .timeout(Duration.ofHours(1)));
      try (Socket accepted = silent.accept()) {
        waiting.close();
        listener.closed();

        assertThat(accepted.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void anAnswerOfNothingIsAFailureThatSpeaksOfItsAccessList() {
    try (Replay replay = new Replay()) {
      assertThat(failure(builder(replay.address())))
          .contains("it closed the connection without an answer")
          .contains("acl");
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsAFailure() {
    try (Replay replay = new Replay()) {
      replay.answer(
          Recorded.answer(Recorded.cluster("lbtk", "<!-- " + "x".repeat(100_000) + " -->")));

      assertThat(failure(builder(replay.address()).maxSize(64 << 10)))
          .endsWith(": the answer is larger than 65536 bytes (max-size)");
    }
  }

  @Test
  void anAnswerThatANameMakesMalformedLeavesTheTargetsAsTheyWere() {
    try (Gmond gmond = new Gmond(folder, 20)) {
      gmond.hear("10.0.0.1", "10.0.0.1", "cpu_idle", "70");
      start(builder(gmond.address()));
      listener.awaitTargets("10.0.0.1:80");

      // gmond escapes nothing.
      gmond.hear("10.0.0.2", "a\"<b", "cpu_idle", "70");
      listener.awaitFailures(1);

      assertThat(listener.failures().get(0).message()).contains("malformed in line ");
      assertThat(listener.targets()).containsExactly(Target.of("10.0.0.1", 80));
    }
  }

  @Test
  void anEntryOfTenMegabytesHarmsNoOther() {
    try (Replay replay = new Replay()) {
      String large = "x".repeat(10 << 20);
      replay.answer(
          Recorded.answer(
              Recorded.cluster(
                  "lbtk",
                  Recorded.host(large, large, 1, "")
                      + Recorded.host(
                          "10.0.0.1", "10.0.0.1", 1, Recorded.metric(large, large, 1)))));

      start(builder(replay.address()));

      listener.awaitTargets("10.0.0.1:80");
    }
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    GangliaRefresher.Builder builder = GangliaRefresher.builder("127.0.0.1", 8649);

    assertThatThrownBy(() -> GangliaRefresher.builder("127.0.0.1", 65536))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.port(0)).hasMessage("port 0 (expected: 1 to 65535)");
    assertThatThrownBy(() -> builder.maxSize(0)).hasMessage("max-size 0 (expected: more than 0)");
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
