package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three servers, of which some fail. The first of them is the one that is asked. */
class EtcdMembersTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.of("10.0.0.2", 80);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<ClosedPort> peers = new ArrayList<>();
  private static final List<TestEtcd> members = new ArrayList<>();

  private final String prefix = TestEtcd.newPrefix();
  private final RecordingListener listener = new RecordingListener();
  private Refresher refresher;

  @BeforeAll
  static void startMembers(@TempDir Path folder) throws IOException {
    for (int i = 0; i < 3; i++) {
      peers.add(new ClosedPort());
    }
    String cluster =
        IntStream.range(0, 3)
            .mapToObj(i -> "member-" + i + "=" + peersOf(i))
            .collect(Collectors.joining(","));
    for (int i = 0; i < 3; i++) {
      String name = "member-" + i;
      Path own = Files.createDirectory(folder.resolve(name));
      members.add(TestEtcd.startMember(own, name, peersOf(i), cluster));
    }
    members.forEach(TestEtcd::awaitHealthy);
  }

  private static String peersOf(int member) {
    return "http://127.0.0.1:" + peers.get(member).target().port();
  }

  @AfterAll
  static void closeMembers() {
    members.forEach(TestEtcd::close);
    peers.forEach(ClosedPort::close);
  }

  @BeforeEach
  void startRefresher() {
    members.get(0).put(prefix + "a", A.toString());
    refresher = EtcdRefresher.builder(endpoints(), prefix).timeout(Duration.ofSeconds(1)).build();
    refresher.start(listener);
    listener.awaitTargets(List.of(A));
  }

  @AfterEach
  void startAgain() {
    refresher.close();
    for (TestEtcd member : members) {
      member.server().start();
      member.server().resume();
    }
    members.forEach(TestEtcd::awaitHealthy);
  }

  private static List<String> endpoints() {
    return members.stream().map(TestEtcd::endpoint).toList();
  }

  private Registrar registered() {
    Registrar registrar =
        EtcdRegistrar.builder(endpoints(), prefix)
            .timeout(Duration.ofSeconds(1))
            .ttl(Duration.ofSeconds(4))
            .build();
    registrar.register(B).join();
    return registrar;
  }

  /** However a member failed, all that was ever reported holds what stands there all the time. */
  private void assertThatItWasKept() {
    assertThat(listener.reports())
        .noneSatisfy(
            report ->
                assertThat(report)
                    .isInstanceOfSatisfying(
                        Refresh.Snapshot.class,
                        snapshot -> assertThat(snapshot.targets()).doesNotContain(A)))
        .noneSatisfy(
            report ->
                assertThat(report)
                    .isInstanceOfSatisfying(
                        Refresh.Delta.class,
                        delta -> assertThat(delta.removed()).contains(A.hostPort())));
    assertThat(listener.violations()).isEmpty();
  }

  @Test
  void whenTheMemberThatIsAskedDiesAnotherIsReadAndWatched() {
    members.get(0).server().kill();
    members.get(1).awaitHealthy();
    members.get(1).put(prefix + "b", B.toString());
    listener.awaitTargets(List.of(A, B));

    members.get(2).delete(prefix + "b");

    listener.awaitTargets(List.of(A));
    assertThatItWasKept();
  }

  @Test
  void whenTheMemberThatIsAskedFallsSilentAnotherIsReadAndWatched() {
    members.get(0).server().suspend();
    members.get(1).awaitHealthy();
    members.get(1).put(prefix + "b", B.toString());
    listener.awaitTargets(List.of(A, B));

    members.get(2).delete(prefix + "b");

    listener.awaitTargets(List.of(A));
    assertThatItWasKept();
  }

  @Test
  void aMemberThatHasLostTheOthersIsAFailureUntilTheyAreBack() {
    members.get(1).server().kill();
    members.get(2).server().kill();
    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message())
        .startsWith(prefix + " at ")
        .contains(endpoints().get(0) + ": ", endpoints().get(1) + ": it cannot be connected to");
    assertThat(listener.targets()).containsExactly(A);

    members.get(2).server().start();
    members.get(0).awaitHealthy();
    members.get(0).put(prefix + "b", B.toString());

    listener.awaitTargets(List.of(A, B));
    assertThatItWasKept();
  }

  @Test
  void anEntryStandsWhileTheMemberThatKeptItIsGone() {
    try (Registrar registrar = registered()) {
      long written = writtenAt(1);

      members.get(0).server().kill();
      awaitThatItStandsAsItWas(written);

      registrar.register(B.withWeight(5)).join();
      assertThat(members.get(1).read(prefix)).containsValue(B.withWeight(5).toString());
    }
    assertThat(members.get(1).read(prefix)).isEqualTo(Map.of(prefix + "a", A.toString()));
  }

  @Test
  void anEntryStandsWhileTheMemberThatKeptItIsSilent() {
    try (Registrar registrar = registered()) {
      long written = writtenAt(1);

      members.get(0).server().suspend();
      awaitThatItStandsAsItWas(written);
      assertThat(registrar).isNotNull();
    }
    assertThat(members.get(1).read(prefix)).isEqualTo(Map.of(prefix + "a", A.toString()));
  }

  @Test
  void anEntryStandsAfterTheMembersHadLostEachOther() {
    try (Registrar registrar = registered()) {
      members.get(1).server().kill();
      members.get(2).server().kill();
      listener.awaitFailures(1);
      members.get(1).server().start();
      members.get(2).server().start();
      registrar.register(B.withWeight(5)).join();

      assertThat(members.get(1).read(prefix)).containsValue(B.withWeight(5).toString());
    }
    assertThat(members.get(1).read(prefix)).isEqualTo(Map.of(prefix + "a", A.toString()));
  }

  private long writtenAt(int member) {
    return members.get(member).range(prefix).getKvsList().stream()
        .filter(kv -> kv.getKey().toStringUtf8().endsWith(B.hostPort()))
        .findFirst()
        .orElseThrow()
        .getModRevision();
  }

  /** For longer than its time to live. */
  private void awaitThatItStandsAsItWas(long written) {
    members.get(1).awaitHealthy();
    await().during(Duration.ofSeconds(6)).atMost(PATIENCE).until(() -> writtenAt(1) == written);
  }
}
