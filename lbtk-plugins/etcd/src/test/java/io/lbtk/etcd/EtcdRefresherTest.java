package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EtcdRefresherTest {

  private static final Duration ONE_SECOND = Duration.ofSeconds(1);

  @TempDir private static Path folder;
  private static TestEtcd etcd;

  private final String prefix = TestEtcd.newPrefix();
  private final RecordingListener listener = new RecordingListener(Duration.ofSeconds(60));
  private final List<Refresher> refreshers = new ArrayList<>();

  @BeforeAll
  static void startEtcd() {
    etcd = TestEtcd.start(folder);
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  @AfterEach
  void closeRefreshers() {
    refreshers.forEach(Refresher::close);
    assertThat(listener.violations()).isEmpty();
  }

  private void start(String... endpoints) {
    start(EtcdRefresher.builder(List.of(endpoints), prefix).timeout(Duration.ofSeconds(2)));
  }

  private void start(EtcdRefresher.Builder builder) {
    Refresher refresher = builder.build();
    refreshers.add(refresher);
    refresher.start(listener);
  }

  private Refresh lastReport() {
    List<Refresh> reports = listener.reports();
    return reports.get(reports.size() - 1);
  }

  @Test
  void oneChangeIsToldAsOneChange() {
    etcd.replace(prefix, List.of(Target.parse("10.0.0.1:80"), Target.parse("10.0.0.2:80")));
    start(etcd.endpoint());
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");

    etcd.put(prefix + "three", "10.0.0.3:80");
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");

    assertThat(lastReport())
        .isEqualTo(Refresh.delta(List.of(Target.parse("10.0.0.3:80")), Set.of()));
  }

  @Test
  void aPrefixThatNoKeyHasListsNothing() {
    start(etcd.endpoint());

    listener.awaitFirst();

    assertThat(listener.reports()).containsExactly(Refresh.snapshot(List.of()));
  }

  @Test
  void aPrefixThatIsDeletedListsNothing() {
    etcd.replace(prefix, List.of(Target.parse("10.0.0.1:80"), Target.parse("10.0.0.2:80")));
    start(etcd.endpoint());
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");

    etcd.deleteAll(prefix);

    listener.awaitTargets();
    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void onlyGarbageIsAFailureAndTheTargetsStay() {
    etcd.put(prefix + "good", "10.0.0.1:80");
    start(etcd.endpoint());
    listener.awaitTargets("10.0.0.1:80");

    etcd.put(prefix + "good", "no target");
    listener.awaitFailures(1);

    assertThat(listener.hostPorts()).containsExactly("10.0.0.1:80");
    assertThat(listener.failures().get(0).message())
        .startsWith(prefix + ": no target in it")
        .contains("key " + prefix + "good");
  }

  @Test
  void anotherServiceWhoseNameBeginsTheSameIsNotTakenIn() {
    String folder = prefix.substring(0, prefix.length() - 1);
    etcd.put(folder + "/a", "10.0.0.1:80");
    etcd.put(folder + "x/a", "10.0.0.2:80");
    start(EtcdRefresher.builder(List.of(etcd.endpoint()), folder));

    listener.awaitTargets("10.0.0.1:80");
  }

  @Test
  void aKeyThatEndsWithASlashIsNoEntry() {
    etcd.put(prefix, "");
    etcd.put(prefix + "deeper/", "10.0.0.2:80");
    etcd.put(prefix + "deeper/a", "10.0.0.1:80");
    start(etcd.endpoint());

    listener.awaitTargets("10.0.0.1:80");
  }

  @Test
  void whatIsNotUtf8IsSkipped() {
    byte[] bytes = {(byte) 0xff, (byte) 0xfe, ':', '8', '0'};
    etcd.put(prefix + "bad", ByteString.copyFrom(bytes));
    etcd.put(prefix + "good", "10.0.0.1:80");
    start(etcd.endpoint());

    listener.awaitTargets("10.0.0.1:80");
  }

  @Test
  void anEntryOfTenMegabytesIsSkipped() {
    etcd.put(prefix + "bad", ByteString.copyFrom(new byte[10 << 20]));
    etcd.put(prefix + "good", "10.0.0.1:80");
    start(etcd.endpoint());
    listener.awaitTargets("10.0.0.1:80");

    etcd.put(prefix + "worse", ByteString.copyFrom(new byte[10 << 20]));
    etcd.put(prefix + "better", "10.0.0.2:80");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    assertThat(listener.failures()).isEmpty();
    etcd.deleteAll(prefix);
  }

  @Test
  void aListOfLargeEntriesIsReadInSmallerPages() {
    for (int i = 0; i < 8; i++) {
      etcd.put(prefix + "bad" + i, ByteString.copyFrom(new byte[10 << 20]));
    }
    etcd.put(prefix + "good", "10.0.0.1:80");
    start(etcd.endpoint());

    listener.awaitTargets("10.0.0.1:80");
    assertThat(listener.failures()).isEmpty();
    etcd.deleteAll(prefix);
  }

  @Test
  void theLastOfSeveralKeysOfATargetCountsAndItStaysUntilAllAreGone() {
    etcd.put(prefix + "a", "10.0.0.1:80 weight=2");
    etcd.put(prefix + "b", "10.0.0.1:80 weight=3");
    etcd.put(prefix + "z", "10.0.0.9:80");
    start(etcd.endpoint());
    listener.awaitTargets("10.0.0.1:80 weight=3", "10.0.0.9:80");

    etcd.put(prefix + "a", "10.0.0.1:80 weight=4");
    etcd.delete(prefix + "b");
    listener.awaitTargets("10.0.0.1:80 weight=4", "10.0.0.9:80");
    etcd.put(prefix + "a", "10.0.0.2:80");

    listener.awaitTargets("10.0.0.2:80", "10.0.0.9:80");
  }

  @Test
  void whatIsCompactedWhileTheConnectionIsCutIsListedAgain() {
    etcd.put(prefix + "a", "10.0.0.1:80");
    try (Forwarder forwarder = new Forwarder(etcd.server().address())) {
      start("127.0.0.1:" + forwarder.address().getPort());
      listener.awaitTargets("10.0.0.1:80");

      forwarder.cut();
      listener.awaitFailures(1);
      etcd.put(prefix + "a", "10.0.0.2:80");
      etcd.put(prefix + "a", "10.0.0.3:80");
      etcd.compact();
      forwarder.heal();

      listener.awaitTargets("10.0.0.3:80");
    }
  }

  @Test
  void aServerThatSaysNothingAnyMoreIsNoticed() {
    etcd.put(prefix + "a", "10.0.0.1:80");
    try (Forwarder forwarder = new Forwarder(etcd.server().address())) {
      start("127.0.0.1:" + forwarder.address().getPort());
      listener.awaitTargets("10.0.0.1:80");
      etcd.put(prefix + "a", "10.0.0.3:80");
      listener.awaitTargets("10.0.0.3:80");

      forwarder.stall();
      listener.awaitFailures(1);
      etcd.put(prefix + "a", "10.0.0.2:80");
      forwarder.heal();

      listener.awaitTargets("10.0.0.2:80");
      assertThat(listener.failures().get(0).message())
          .isEqualTo(
              "%s at http://127.0.0.1:%d: no answer within 2000 ms (timeout)"
                  .formatted(prefix, forwarder.address().getPort()));
    }
  }

  @Test
  void theNextServerIsAskedWhenOneCannotBeConnectedTo() throws Exception {
    etcd.put(prefix + "a", "10.0.0.1:80");
    try (ClosedPort closed = new ClosedPort()) {
      start("http://127.0.0.1:" + closed.target().port(), etcd.endpoint());

      listener.awaitTargets("10.0.0.1:80");
      assertThat(listener.failures()).isEmpty();
    }
  }

  @Test
  void theNextServerIsAskedWhenOneIsLost() {
    etcd.put(prefix + "a", "10.0.0.1:80");
    try (Forwarder first = new Forwarder(etcd.server().address())) {
      start("127.0.0.1:" + first.address().getPort(), etcd.endpoint());
      listener.awaitTargets("10.0.0.1:80");

      first.cut();
      etcd.put(prefix + "a", "10.0.0.2:80");

      listener.awaitTargets("10.0.0.2:80");
      assertThat(listener.failures()).isEmpty();
    }
  }

  @Test
  void theNextServerIsWatchedWhenOneCanOnlyBeRead() throws Exception {
    etcd.put(prefix + "a", "10.0.0.1:80");
    try (UnwatchableEtcd first = UnwatchableEtcd.start("10.0.0.9:80")) {
      start(first.endpoint(), etcd.endpoint());

      listener.awaitTargets("10.0.0.1:80");
      etcd.put(prefix + "a", "10.0.0.2:80");
      listener.awaitTargets("10.0.0.2:80");

      assertThat(listener.failures()).isEmpty();
    }
  }

  @Test
  void whereNoServerCanBeWatchedItIsListedEveryFewSecondsAndTheLogSaysSoOnce() throws Exception {
    try (LogLines log = new LogLines("io.lbtk.etcd.EtcdSource");
        UnwatchableEtcd first = UnwatchableEtcd.start("10.0.0.8:80");
        UnwatchableEtcd second = UnwatchableEtcd.start("10.0.0.8:80")) {
      start(first.endpoint(), second.endpoint());
      listener.awaitTargets("10.0.0.8:80");
      await().atMost(Duration.ofSeconds(4)).until(() -> !log.lines().isEmpty());

      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(4))
          .until(() -> first.reads() == 1 && second.reads() == 1);
      first.value("10.0.0.9:80");
      second.value("10.0.0.9:80");
      listener.awaitTargets("10.0.0.9:80");
      assertThat(first.reads() + second.reads()).isEqualTo(3);
      await().atMost(Duration.ofSeconds(10)).until(() -> first.reads() + second.reads() == 4);

      assertThat(first.watches() + second.watches()).isBetween(3, 4);
      assertThat(listener.failures()).isEmpty();
      assertThat(log.lines())
          .containsExactly(
              "WARN etcd: %s at %s: cannot be watched: no watches here; listing every 5000 ms instead"
                  .formatted(prefix, second.endpoint()));
    }
  }

  @Test
  void aServerThatCanBeWatchedAgainIsWatched() throws Exception {
    try (LogLines log = new LogLines("io.lbtk.etcd.EtcdSource");
        UnwatchableEtcd server = UnwatchableEtcd.start("10.0.0.8:80")) {
      start(server.endpoint());
      await().atMost(Duration.ofSeconds(4)).until(() -> log.lines().size() == 1);

      server.watches(UnwatchableEtcd.beginning(1));
      await().atMost(Duration.ofSeconds(15)).until(() -> log.lines().size() == 2);

      assertThat(log.lines().get(1))
          .isEqualTo("INFO etcd: %s at %s: watched again".formatted(prefix, server.endpoint()));
      int watches = server.watches();
      await()
          .during(Duration.ofSeconds(6))
          .atMost(Duration.ofSeconds(7))
          .until(() -> server.watches() == watches);
      assertThat(log.lines()).hasSize(2);
      assertThat(listener.failures()).isEmpty();
    }
  }

  static List<Consumer<StreamObserver<WatchResponse>>> watchesInVain() {
    return List.of(
        UnwatchableEtcd.failing(Status.UNIMPLEMENTED),
        UnwatchableEtcd.beginning(1).andThen(UnwatchableEtcd.failing(Status.UNAVAILABLE)),
        UnwatchableEtcd.beginning(0));
  }

  /** In turn: refused, ended at once, and by a member that is behind. */
  @ParameterizedTest
  @MethodSource("watchesInVain")
  void howeverWatchesAreInVainItIsListedEveryFewSeconds(
      Consumer<StreamObserver<WatchResponse>> answer) throws Exception {
    try (LogLines log = new LogLines("io.lbtk.etcd.EtcdSource");
        UnwatchableEtcd server = UnwatchableEtcd.start("10.0.0.8:80")) {
      server.watches(answer);
      start(EtcdRefresher.builder(List.of(server.endpoint()), prefix).timeout(ONE_SECOND));
      await().atMost(Duration.ofSeconds(10)).until(() -> log.lines().size() == 1);

      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(4))
          .until(() -> server.watches() == 2);
      assertThat(server.reads()).isEqualTo(2);
      server.value("10.0.0.9:80");

      listener.awaitTargets("10.0.0.9:80");
      assertThat(server.reads()).isEqualTo(3);
      assertThat(listener.failures()).isEmpty();
      assertThat(log.lines()).hasSize(1).allMatch(line -> line.contains("cannot be watched"));
    }
  }

  @Test
  void aWatchThatIsNeverAnsweredIsInVainToo() throws Exception {
    try (LogLines log = new LogLines("io.lbtk.etcd.EtcdSource");
        UnwatchableEtcd server = UnwatchableEtcd.start("10.0.0.8:80")) {
      server.watches(answers -> {});
      start(EtcdRefresher.builder(List.of(server.endpoint()), prefix).timeout(ONE_SECOND));
      listener.awaitTargets("10.0.0.8:80");

      server.value("10.0.0.9:80");

      listener.awaitTargets("10.0.0.9:80");
      await().atMost(Duration.ofSeconds(10)).until(() -> log.lines().size() == 1);
      assertThat(log.lines().get(0))
          .contains(": cannot be watched: no answer within 1000 ms (timeout); ");
      assertThat(listener.failures()).isEmpty();
    }
  }

  @Test
  void whereNobodyAnswersEachServerIsNamedWithItsProblem() throws Exception {
    try (ClosedPort closed = new ClosedPort()) {
      String one = "http://127.0.0.1:" + closed.target().port();
      start(one, "http://no-such-host.invalid:2379");
      listener.awaitFailures(1);

      assertThat(listener.failures().get(0).message())
          .startsWith(prefix + " at " + one + ": it cannot be connected to; ")
          .contains("http://no-such-host.invalid:2379: ")
          .contains("no-such-host.invalid");
    }
  }

  @Test
  void aServerThatForgotAllIsReadFromItsNewStart(@TempDir Path other) throws Exception {
    try (TestEtcd old = TestEtcd.start(other)) {
      for (int i = 0; i < 20; i++) {
        old.put(prefix + "a", "10.0.0.%d:80".formatted(i));
      }
      start(old.endpoint());
      listener.awaitTargets("10.0.0.19:80");

      old.restartEmpty();
      old.put(prefix + "a", "10.0.0.100:80");
      listener.awaitTargets("10.0.0.100:80");
      old.put(prefix + "a", "10.0.0.101:80");

      listener.awaitTargets("10.0.0.101:80");
    }
  }

  @Test
  void listingAgainFindsNothingNew() {
    etcd.put(prefix + "a", "10.0.0.1:80");
    start(EtcdRefresher.builder(List.of(etcd.endpoint()), prefix).interval(Duration.ofMillis(20)));
    listener.awaitTargets("10.0.0.1:80");

    await().during(Duration.ofMillis(300)).until(() -> listener.reports().size() == 1);
    etcd.put(prefix + "b", "10.0.0.2:80");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    assertThat(listener.failures()).isEmpty();
  }
}
