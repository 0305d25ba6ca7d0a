package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdRegistrarTest {

  private static final Target A = Target.parse("10.0.0.1:80 weight=3 zone=b");
  private static final Target B = Target.parse("[::1]:80");

  @TempDir private static Path folder;
  private static TestEtcd etcd;

  private final String prefix = TestEtcd.newPrefix();

  @BeforeAll
  static void startEtcd() {
    etcd = TestEtcd.start(folder);
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  private EtcdRegistrar.Builder builder(String endpoint) {
    return EtcdRegistrar.builder(List.of(endpoint), prefix)
        .timeout(Duration.ofSeconds(1))
        .ttl(Duration.ofSeconds(3));
  }

  private Registrar registered(String endpoint, Target target) {
    Registrar registrar = builder(endpoint).build();
    registrar.register(target).join();
    return registrar;
  }

  private void awaitEntries(Map<String, String> entries) {
    await().atMost(Duration.ofSeconds(30)).until(() -> etcd.read(prefix).equals(entries));
  }

  private Map<String, String> entries(Target... targets) {
    return List.of(targets).stream()
        .collect(Collectors.toMap(target -> prefix + target.hostPort(), Target::toString));
  }

  @Test
  void whatIsRegisteredIsWhatTheRefresherReads() {
    RecordingListener listener = new RecordingListener();
    try (Refresher refresher = EtcdRefresher.builder(List.of(etcd.endpoint()), prefix).build();
        Registrar registrar = registered(etcd.endpoint(), A)) {
      refresher.start(listener);
      listener.awaitTargets(List.of(A));

      registrar.register(A.withWeight(5)).join();
      listener.awaitTargets(List.of(A.withWeight(5)));
      registrar.withdraw().join();

      listener.awaitTargets(List.of());
    }
  }

  @Test
  void etcdctlShowsIt() {
    try (Registrar registrar = registered(etcd.endpoint(), A)) {
      assertThat(Etcdctl.run(etcd.endpoint(), "get", "--prefix", prefix))
          .isEqualTo(prefix + "10.0.0.1:80\n10.0.0.1:80 weight=3 zone=b\n");
      assertThat(registrar).isNotNull();
    }
  }

  @Test
  void itIsGoneWhenTheRegistrarIsClosed() {
    registered(etcd.endpoint(), A).close();

    assertThat(etcd.read(prefix)).isEmpty();
  }

  @Test
  void anotherAddressTakesThePlaceOfTheFirst() {
    try (Registrar registrar = registered(etcd.endpoint(), A)) {
      registrar.register(B).join();

      assertThat(etcd.read(prefix)).isEqualTo(entries(B));
    }
  }

  @Test
  void oneThatIsCutOffIsGoneAfterItsTimeToLiveAndBackWhenItIsConnected() {
    try (Forwarder forwarder = new Forwarder(etcd.server().address());
        Registrar registrar = registered("127.0.0.1:" + forwarder.address().getPort(), A)) {
      forwarder.cut();
      awaitEntries(Map.of());
      forwarder.heal();

      awaitEntries(entries(A));
      assertThat(registrar).isNotNull();
    }
  }

  @Test
  void itIsBackWhenSomebodyRemovesIt() {
    try (Registrar registrar = builder(etcd.endpoint()).ttl(Duration.ofMinutes(10)).build()) {
      registrar.register(A).join();

      etcd.deleteAll(prefix);

      awaitEntries(entries(A));
    }
  }

  @Test
  void itIsWatchedAgainWhenTheWatchWasLostAfterWhatItBeganWithWasCompacted() throws Exception {
    try (LogLines log = new LogLines("io.lbtk.core.register");
        Forwarder forwarder = new Forwarder(etcd.server().address());
        Registrar registrar =
            builder("127.0.0.1:" + forwarder.address().getPort())
                .ttl(Duration.ofMinutes(10))
                .build()) {
      registrar.register(A).join();
      for (int i = 0; i < 3; i++) {
        etcd.put("/lbtk/elsewhere", "news");
      }
      etcd.compact();
      // A slow server may have failed it before, too.
      long failed = countLines(log, "not registered");
      long succeeded = countLines(log, ": registered");
      forwarder.cut();
      awaitMoreLines(log, "not registered", failed);
      forwarder.heal();
      awaitMoreLines(log, ": registered", succeeded);

      // It is a moment before the server says that it cannot begin there.
      double watches = etcd.watchesEver();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(3))
          .until(() -> etcd.watchesEver() <= watches + 1);
      etcd.deleteAll(prefix);

      awaitEntries(entries(A));
    }
  }

  private static long countLines(LogLines log, String text) {
    return log.lines().stream().filter(line -> line.contains(text)).count();
  }

  private static void awaitMoreLines(LogLines log, String text, long before) {
    await().atMost(Duration.ofSeconds(30)).until(() -> countLines(log, text) > before);
  }

  @Test
  void aWatchThatIsLostBeforeItBeginsIsAskedForAgainAtOnceAndThenEveryFewSeconds()
      throws Exception {
    try (UnwatchableEtcd unwatchable = UnwatchableEtcd.start("");
        Registrar registrar = builder(unwatchable.endpoint()).ttl(Duration.ofMinutes(10)).build()) {
      registrar.register(A).join();

      await().atMost(Duration.ofSeconds(4)).until(() -> unwatchable.watches() == 2);
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(4))
          .until(() -> unwatchable.watches() == 2 && unwatchable.reads() <= 2);
      await().atMost(Duration.ofSeconds(10)).until(() -> unwatchable.watches() == 3);
      assertThat(unwatchable.reads()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void aWatchThatEndsAsSoonAsItHasBegunIsNotAskedForAllTheTime() throws Exception {
    try (UnwatchableEtcd unwatchable = UnwatchableEtcd.start("");
        Registrar registrar = builder(unwatchable.endpoint()).ttl(Duration.ofMinutes(10)).build()) {
      unwatchable.watches(
          UnwatchableEtcd.beginning(1).andThen(UnwatchableEtcd.failing(Status.UNAVAILABLE)));
      registrar.register(A).join();

      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(4))
          .until(() -> unwatchable.watches() <= 2 && unwatchable.reads() <= 2);
    }
  }

  @Test
  void aWatchThatIsRefusedIsNotAskedForAgain() throws Exception {
    try (UnwatchableEtcd unwatchable = UnwatchableEtcd.start("");
        Registrar registrar = builder(unwatchable.endpoint()).build()) {
      unwatchable.watches(UnwatchableEtcd.failing(Status.PERMISSION_DENIED));
      registrar.register(A).join();

      await().atMost(Duration.ofSeconds(30)).until(() -> unwatchable.reads() == 8);

      assertThat(unwatchable.watches()).isEqualTo(1);
    }
  }

  @Test
  void itIsBackWhenItsLeaseIsRevoked() {
    try (Registrar registrar = builder(etcd.endpoint()).ttl(Duration.ofMinutes(10)).build()) {
      registrar.register(A).join();
      String lease = Long.toHexString(etcd.range(prefix).getKvs(0).getLease());

      Etcdctl.run(etcd.endpoint(), "lease", "revoke", lease);

      awaitEntries(entries(A));
    }
  }

  @Test
  void ofTwoThatKeepTheSameTargetTheLaterOneDoesUntilItIsWithdrawn() {
    try (LogLines log = new LogLines("io.lbtk.core.register");
        Registrar earlier = registered(etcd.endpoint(), A);
        Registrar later = registered(etcd.endpoint(), A.withWeight(7))) {
      long revision = etcd.range(prefix).getKvs(0).getModRevision();

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> log.lines().stream().anyMatch(line -> line.contains("kept by another")));
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(20))
          .until(() -> etcd.range(prefix).getKvs(0).getModRevision() == revision);
      later.withdraw().join();

      awaitEntries(entries(A));
      assertThat(earlier).isNotNull();
    }
  }

  @Test
  void keepingItWritesNothing() {
    try (Registrar registrar = registered(etcd.endpoint(), A)) {
      long revision = etcd.range(prefix).getKvs(0).getModRevision();

      await()
          .during(Duration.ofSeconds(5))
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  etcd.range(prefix).getKvsCount() == 1
                      && etcd.range(prefix).getKvs(0).getModRevision() == revision);
      assertThat(registrar).isNotNull();
    }
  }

  @Test
  void itStandsWhenTheServerIsStartedAgain() {
    try (Registrar registrar = registered(etcd.endpoint(), A)) {
      etcd.server().stop();
      etcd.server().start();
      registrar.register(A.withWeight(9)).join();

      assertThat(etcd.read(prefix)).isEqualTo(entries(A.withWeight(9)));
    }
  }

  @Test
  void whereNobodyAnswersNothingIsRegisteredAndItCanBeClosed() throws Exception {
    try (ClosedPort closed = new ClosedPort()) {
      Registrar registrar = builder("127.0.0.1:" + closed.target().port()).build();
      CompletableFuture<Void> registered = registrar.register(A);

      registrar.close();

      assertThat(registered).isCompletedExceptionally();
    }
  }
}
