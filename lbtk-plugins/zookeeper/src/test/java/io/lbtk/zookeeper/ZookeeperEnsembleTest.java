package io.lbtk.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.servers.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ensemble of three servers, of which some fail. Which of them a client has chosen is not known,
 * so each has its turn.
 */
@Timeout(120)
class ZookeeperEnsembleTest {

  private static final Target A = Target.of("10.0.0.1", 80);
  private static final Target B = Target.parse("10.0.0.2:80 weight=3");

  private static Directory ensemble;

  private final RecordingListener listener = new RecordingListener();
  private String path;
  private Refresher refresher;
  private Registrar registrar;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    ensemble = Directory.ensemble(folder, 3);
  }

  @AfterAll
  static void stop() throws Exception {
    ensemble.close();
  }

  @BeforeEach
  void startClients(TestInfo test) throws Exception {
    path = "/" + test.getTestMethod().orElseThrow().getName();
    put(path, "");
    put(path + "/" + A.hostPort(), A.toString());
    registrar =
        ZookeeperRegistrar.builder(ensemble.connectString(), path)
            .timeout(Duration.ofSeconds(1))
            .ttl(Duration.ofSeconds(8))
            .build();
    registrar.register(B).get();
    refresher =
        ZookeeperRefresher.builder(ensemble.connectString(), path)
            .timeout(Duration.ofSeconds(1))
            .build();
    refresher.start(listener);
    listener.awaitTargets(List.of(A, B));
  }

  @AfterEach
  void closeClients() {
    for (ServerProcess member : ensemble.servers()) {
      member.start();
      member.resume();
    }
    refresher.close();
    registrar.close();
  }

  /** Writes again what was under way when the member that was asked failed. */
  private static void put(String path, String text) throws Exception {
    boolean written = false;
    while (!written) {
      try {
        ensemble.put(path, text);
        written = true;
      } catch (KeeperException.ConnectionLossException | KeeperException.NodeExistsException e) {
        // It connects to another by itself.
      }
    }
  }

  private long session() throws Exception {
    Stat stat = new Stat();
    ensemble.client().getData(path + "/" + B.hostPort(), false, stat);
    return stat.getEphemeralOwner();
  }

  /** A change that is made now is seen, whichever member is asked. */
  private void assertThatChangesAreSeen(int weight) throws Exception {
    put(path + "/" + A.hostPort(), A.withWeight(weight).toString());
    listener.awaitTargets(List.of(A.withWeight(weight), B));
  }

  /** However a member failed, what stood there all the time was never reported to be gone. */
  private void assertThatNothingWasMissing(Set<String> targets) {
    for (Refresh report : listener.reports()) {
      if (report instanceof Refresh.Snapshot snapshot) {
        assertThat(snapshot.targets()).extracting(Target::hostPort).containsAll(targets);
      } else if (report instanceof Refresh.Delta delta) {
        assertThat(delta.removed().stream().filter(targets::contains))
            .allMatch(
                changed -> delta.added().stream().anyMatch(t -> t.hostPort().equals(changed)));
      }
    }
    assertThat(listener.violations()).isEmpty();
  }

  @Test
  void whicheverMemberDiesTheSessionGoesOnAtAnother() throws Exception {
    long first = session();
    int weight = 2;

    for (ServerProcess member : ensemble.servers()) {
      member.kill();
      assertThatChangesAreSeen(weight++);
      member.start();
    }

    assertThat(session()).as("the session that keeps the entry").isEqualTo(first);
    assertThatNothingWasMissing(Set.of(A.hostPort(), B.hostPort()));
  }

  @Test
  void whicheverMemberFallsSilentAnotherIsRead() throws Exception {
    int weight = 2;

    for (ServerProcess member : ensemble.servers()) {
      member.suspend();
      assertThatChangesAreSeen(weight++);
      member.resume();
    }

    assertThatNothingWasMissing(Set.of(A.hostPort()));
  }

  @Test
  void anEnsembleThatHasLostMostOfItsMembersIsAFailureUntilTheyAreBack() throws Exception {
    long first = session();
    ensemble.servers().get(0).kill();
    ensemble.servers().get(1).kill();
    await()
        .untilAsserted(
            () ->
                assertThat(listener.failures())
                    .anySatisfy(
                        failure ->
                            assertThat(failure.message())
                                .isEqualTo(
                                    "ZooKeeper %s: no connection within 1000 ms"
                                        .formatted(ensemble.connectString()))));
    assertThat(listener.hostPorts()).containsExactlyInAnyOrder(A.hostPort(), B.hostPort());

    ensemble.servers().get(0).start();
    assertThatChangesAreSeen(2);

    assertThat(session()).as("the session that keeps the entry").isEqualTo(first);
    assertThat(listener.failures())
        .noneSatisfy(failure -> assertThat(failure.message()).contains("max-size"));
    assertThatNothingWasMissing(Set.of(A.hostPort(), B.hostPort()));
  }
}
