package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ZookeeperRegistrarTest {

  private static final Target WEB = Target.parse("10.0.0.1:80 weight=3 zone=b");

  private static Directory directory;

  private String path;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    directory = new Directory(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    directory.close();
  }

  @BeforeEach
  void newPlace(TestInfo test) {
    path = "/services/" + test.getTestMethod().orElseThrow().getName();
  }

  private ZookeeperRegistrar.Builder builder(String connect) {
    return ZookeeperRegistrar.builder(connect, path)
        .ttl(Duration.ofSeconds(2))
        .timeout(Duration.ofSeconds(1));
  }

  private Registrar registrar() {
    return builder(directory.connectString()).build();
  }

  private List<String> children() throws Exception {
    return directory.client().getChildren(path, false);
  }

  private String data(String child) throws Exception {
    return new String(directory.client().getData(path + "/" + child, false, null), UTF_8);
  }

  private long owner(String child) throws Exception {
    Stat stat = new Stat();
    directory.client().getData(path + "/" + child, false, stat);
    return stat.getEphemeralOwner();
  }

  @Test
  void theEntryIsAnEphemeralChildWhoseNameIsTheAddressAndWhoseDataIsTheTarget() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();

      assertThat(children()).containsExactly("10.0.0.1:80");
      assertThat(data("10.0.0.1:80")).isEqualTo("10.0.0.1:80 weight=3 zone=b");
      assertThat(owner("10.0.0.1:80")).isNotZero();
    }
    assertThat(children()).as("after close").isEmpty();
  }

  @Test
  void aRefresherReadsItByItsNameOrWithAllThatIsKnownOfIt() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();

      assertThatItReads(ZookeeperFormat.AUTO, WEB);
      assertThatItReads(ZookeeperFormat.TEXT, WEB);
      assertThatItReads(ZookeeperFormat.NAME, Target.of("10.0.0.1", 80));
    }
  }

  private void assertThatItReads(ZookeeperFormat format, Target target) {
    RecordingListener listener = new RecordingListener();
    try (Refresher refresher =
        ZookeeperRefresher.builder(directory.connectString(), path).format(format).build()) {
      refresher.start(listener);
      listener.awaitTargets(List.of(target));
    }
  }

  @Test
  void anotherTargetTakesThePlaceOfTheLast() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();
      registrar.register(WEB.withWeight(9)).get();
      assertThat(data("10.0.0.1:80")).isEqualTo("10.0.0.1:80 weight=9 zone=b");

      registrar.register(Target.of("10.0.0.2", 80)).get();

      assertThat(children()).containsExactly("10.0.0.2:80");
    }
  }

  @Test
  void whatIsWithdrawnIsGoneAndCanBeRegisteredAgain() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();
      registrar.withdraw().get();
      assertThat(children()).isEmpty();

      registrar.register(WEB).get();

      assertThat(children()).containsExactly("10.0.0.1:80");
    }
  }

  @Test
  void theEntryGoesAfterItsTimeToLiveWhenItsKeeperIsOutOfReachAndComesBack() throws Exception {
    try (Forwarder forwarder = new Forwarder(directory.server().address());
        Registrar registrar = builder(Directory.text(forwarder.address())).build()) {
      registrar.register(WEB).get();
      long first = owner("10.0.0.1:80");

      forwarder.cut();
      await().until(() -> children().isEmpty());
      forwarder.heal();

      await().until(() -> children().equals(List.of("10.0.0.1:80")));
      assertThat(owner("10.0.0.1:80")).as("the session").isNotEqualTo(first);
    }
  }

  @Test
  void anEntryThatSomebodyRemovesComesBack() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();
      long first = directory.client().exists(path + "/10.0.0.1:80", false).getCzxid();

      directory.client().delete(path + "/10.0.0.1:80", -1);

      await().until(() -> children().equals(List.of("10.0.0.1:80")));
      assertThat(directory.client().exists(path + "/10.0.0.1:80", false).getCzxid())
          .isGreaterThan(first);
    }
  }

  @Test
  void anEntryOfAnOlderLifeIsReplaced() throws Exception {
    directory.put("/services", "");
    directory.put(path, "");
    ZooKeeper older = directory.newClient();
    older.create(
        path + "/10.0.0.1:80",
        Directory.bytes("10.0.0.1:80"),
        ZooDefs.Ids.OPEN_ACL_UNSAFE,
        CreateMode.EPHEMERAL);

    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();
      assertThat(owner("10.0.0.1:80")).isNotEqualTo(older.getSessionId());

      older.close();

      assertThat(data("10.0.0.1:80")).isEqualTo(WEB.toString());
    }
  }

  @Test
  void ofTwoThatKeepTheSameEntryTheLaterDoesAndTheEarlierAfterIt() throws Exception {
    try (Registrar earlier = registrar()) {
      earlier.register(WEB).get();
      long first = owner("10.0.0.1:80");
      try (Registrar later = registrar()) {
        later.register(WEB.withWeight(9)).get();

        assertThatThrownBy(() -> earlier.register(WEB).get(3, TimeUnit.SECONDS))
            .as("the earlier one while the later keeps it")
            .isInstanceOf(TimeoutException.class);
        assertThat(data("10.0.0.1:80")).isEqualTo("10.0.0.1:80 weight=9 zone=b");
      }

      await()
          .ignoreException(KeeperException.NoNodeException.class)
          .until(() -> owner("10.0.0.1:80") == first);
    }
  }

  @Test
  void aServerThatRestartsKeepsTheEntryOrGetsItAgain() throws Exception {
    try (Registrar registrar = registrar()) {
      registrar.register(WEB).get();

      directory.server().stop();
      directory.server().start();
      directory.put(path, "the server takes changes");

      await().until(() -> children().equals(List.of("10.0.0.1:80")));
    }
    assertThat(children()).as("after close").isEmpty();
  }

  @Test
  void whatAUserHasWrittenCanBeReadByAllAndChangedByNobodyElse() throws Exception {
    try (Registrar registrar =
        builder(directory.connectString()).credentials("web", "secret").build()) {
      registrar.register(WEB).get();

      assertThat(data("10.0.0.1:80")).isEqualTo(WEB.toString());
      assertThatThrownBy(() -> directory.put(path + "/10.0.0.1:80", "10.0.0.9:80"))
          .isInstanceOf(KeeperException.NoAuthException.class);
      assertThatThrownBy(() -> directory.put(path + "/10.0.0.9:80", ""))
          .isInstanceOf(KeeperException.NoAuthException.class);
    }
  }

  @Test
  void serversThatAreOutOfReachDoNotHoldUpAClose() throws Exception {
    try (Forwarder forwarder = new Forwarder(directory.server().address())) {
      Registrar registrar = builder(Directory.text(forwarder.address())).build();
      registrar.register(WEB).get();

      forwarder.stall();
      registrar.close();

      await().until(() -> children().isEmpty());
    }
  }
}
