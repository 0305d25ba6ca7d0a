package io.lbtk.zookeeper;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ZookeeperRefresherTest {

  private static Directory directory;

  private final List<Refresher> refreshers = new ArrayList<>();
  private final RecordingListener listener = new RecordingListener();
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
    path = "/" + test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void closeAll() {
    refreshers.forEach(Refresher::close);
  }

  private ZookeeperRefresher.Builder builder() {
    return builder(directory.connectString());
  }

  private ZookeeperRefresher.Builder builder(String connect) {
    return ZookeeperRefresher.builder(connect, path).timeout(Duration.ofSeconds(1));
  }

  private void start(ZookeeperRefresher.Builder builder) {
    Refresher refresher = builder.build();
    refreshers.add(refresher);
    refresher.start(listener);
  }

  private void awaitFailure(String message) {
    await()
        .untilAsserted(
            () ->
                assertThat(listener.failures())
                    .anySatisfy(failure -> assertThat(failure.message()).contains(message)));
  }

  @Test
  void aNodeThatDoesNotExistYetIsAFailureAndSeenWhenItAppears() throws Exception {
    start(builder());
    awaitFailure(
        "ZooKeeper " + directory.connectString() + ", " + path + ": no such node (expected: ");
    assertThat(listener.sets()).isZero();

    directory.set(path, List.of(Target.of("10.0.0.1", 80)));

    listener.awaitTargets("10.0.0.1:80");
  }

  @Test
  void aNodeThatIsRemovedIsAFailureAndAllTargetsStay() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    start(builder());
    listener.awaitTargets("10.0.0.1:80");

    directory.client().delete(path + "/10.0.0.1:80", -1);
    directory.client().delete(path, -1);
    awaitFailure("no such node");
    directory.set(path, List.of(Target.of("10.0.0.2", 80)));

    listener.awaitTargets("10.0.0.2:80");
  }

  @Test
  void eachChildThatIsNoTargetIsNamedThoughAllHoldTheSame() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    for (int i = 10; i < 22; i++) {
      directory.put(path + "/bad" + i, "0.0.0.0:80");
    }
    try (LogLines log = new LogLines("io.lbtk.discovery")) {
      start(builder());
      listener.awaitTargets("10.0.0.1:80");

      assertThat(log.lines()).hasSize(12);
      for (int i = 10; i < 22; i++) {
        assertThat(log.lines().get(i - 10))
            .contains(path + ", child bad" + i + ": \"0.0.0.0:80\" is skipped: host");
      }
    }
  }

  @Test
  void eachChildIsReadInItsOwnFormat() throws Exception {
    directory.put(path, "");
    directory.put(path + "/10.0.0.1:80", "");
    directory.put(path + "/n-2", "10.0.0.2:80 weight=3 zone=b");
    directory.put(path + "/n-3", "{\"host\": \"10.0.0.3\", \"port\": 80}");
    start(builder());

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80 weight=3 zone=b", "10.0.0.3:80");
  }

  @Test
  void aChildThatChangesIsReportedAlone() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80), Target.of("10.0.0.2", 80)));
    start(builder());
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");

    directory.put(path + "/10.0.0.2:80", "10.0.0.2:80 weight=9");
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80 weight=9");

    assertThat(listener.reports())
        .last()
        .isEqualTo(
            Refresh.delta(List.of(Target.parse("10.0.0.2:80 weight=9")), Set.of("10.0.0.2:80")));
  }

  @Test
  void whatStandsBelowAChildCountsForNothing() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    start(builder());
    listener.awaitTargets("10.0.0.1:80");

    directory.put(path + "/10.0.0.1:80/10.0.0.9:80", "10.0.0.9:80");
    directory.put(path + "/10.0.0.2:80", "");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    assertThat(listener.violations()).isEmpty();
  }

  @Test
  void ofChildrenWithTheSameTargetTheLastNameCountsAndTheOthersStandIn() throws Exception {
    directory.put(path, "");
    directory.put(path + "/n-1", "10.0.0.1:80 weight=1");
    directory.put(path + "/n-2", "10.0.0.1:80 weight=2");
    start(builder());
    listener.awaitTargets("10.0.0.1:80 weight=2");

    directory.client().delete(path + "/n-2", -1);

    listener.awaitTargets("10.0.0.1:80 weight=1");
  }

  @Test
  void namesAloneAreReadWhereDataMayNotBe() throws Exception {
    directory.put(path, "");
    directory
        .client()
        .create(
            path + "/10.0.0.1:80", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    directory.client().setACL(path + "/10.0.0.1:80", noRead(), -1);
    start(builder().format(ZookeeperFormat.NAME));
    listener.awaitTargets("10.0.0.1:80");

    directory.put(path + "/10.0.0.2:80", "");
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    // The servers tell nobody of a child that he may not read.
    directory.client().delete(path + "/10.0.0.2:80", -1);
    listener.awaitTargets("10.0.0.1:80");
  }

  private static List<ACL> noRead() {
    return Arrays.asList(
        new ACL(ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE));
  }

  @Test
  void aChildThatMayNotBeReadIsSkipped() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80), Target.of("10.0.0.2", 80)));
    directory.client().setACL(path + "/10.0.0.1:80", noRead(), -1);
    start(builder());

    listener.awaitTargets("10.0.0.2:80");
  }

  @Test
  void whoMayNotReadTheNodeIsToldToSayWhoHeIs() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    ZooKeeper owner = directory.newClient();
    owner.addAuthInfo("digest", Directory.bytes("web:secret"));
    owner.setACL(path, ZooDefs.Ids.CREATOR_ALL_ACL, -1);
    owner.close();
    start(builder().credentials("web", "wrong"));
    awaitFailure(path + ": not authorized (expected: user and password of an authorized user)");
    assertThat(listener.sets()).isZero();

    RecordingListener allowed = new RecordingListener();
    Refresher refresher = builder().credentials("web", "secret").build();
    refreshers.add(refresher);
    refresher.start(allowed);

    allowed.awaitTargets("10.0.0.1:80");
  }

  @Test
  void aChildOfTenMegabytesIsSkippedAndTheOthersCount() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    start(builder());
    listener.awaitTargets("10.0.0.1:80");

    directory.put(path + "/large", new byte[10 << 20]);
    directory.put(path + "/10.0.0.2:80", "");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void childrenThatTogetherAreLongerThanMaxSizeAreReadInSeveralAnswers() throws Exception {
    directory.put(path, "");
    for (int i = 0; i < 40; i++) {
      directory.put(path + "/n-" + i, "10.0.0.%d:80 padding=%s".formatted(i, "x".repeat(60 << 10)));
    }
    start(builder().maxSize(1 << 20));

    await().untilAsserted(() -> assertThat(listener.targets()).hasSize(40));
    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void childrenWithTooMuchDataForOneAnswerAreSkippedAndTheOthersCount() throws Exception {
    directory.put(path, "");
    for (int i = 0; i < 5; i++) {
      directory.put(path + "/large-" + i, new byte[400 << 10]);
    }
    directory.put(path + "/10.0.0.1:80", "");
    start(builder().maxSize(1 << 20));
    listener.awaitTargets("10.0.0.1:80");

    directory.put(path + "/10.0.0.2:80", "");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void aChildWhoseDataIsNoTextIsSkipped() throws Exception {
    directory.put(path, "");
    directory.put(path + "/n-1", new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
    directory.put(path + "/n-2", "10.0.0.2:80");
    start(builder());

    listener.awaitTargets("10.0.0.2:80");
  }

  @Test
  void onlyChildrenThatAreNoTargetsAreAFailure() throws Exception {
    directory.put(path, "");
    directory.put(path + "/n-1", "something else");
    start(builder());

    awaitFailure(path + ": no target in it, but 1 that is none; child n-1, \"something else\": ");
  }

  @Test
  void aListOfNamesLongerThanTheClientTakesByItselfIsReadWhole() throws Exception {
    directory.set(path, many());
    start(builder());

    await().untilAsserted(() -> assertThat(listener.targets()).hasSize(many().size()));
  }

  @Test
  void aListOfNamesThatIsLongerThanMaxSizeIsAFailureThatSaysSo() throws Exception {
    directory.set(path, many());
    start(builder().maxSize(1 << 20));

    awaitFailure(
        path
            + ": the connection is lost each time its 12,000 children are listed "
            + "(expected: a list of at most 1,048,576 bytes, max-size)");
    assertThat(listener.sets()).isZero();
  }

  /** More than 1 MiB of names. */
  private static Map<String, byte[]> many() {
    Map<String, byte[]> children = new HashMap<>();
    for (int i = 0; i < 12_000; i++) {
      String host = "10.%d.%d.%d".formatted(i % 7, i / 250, i % 250);
      children.put(host + ":80_" + "x".repeat(90), new byte[0]);
    }
    return children;
  }

  @Test
  void whatChangesWhileTheSessionExpiresIsSeenAfterwards() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    try (Forwarder forwarder = new Forwarder(directory.server().address())) {
      start(builder(Directory.text(forwarder.address())));
      listener.awaitTargets("10.0.0.1:80");

      forwarder.cut();
      awaitExpired();
      // Its version is what it was, and so is the number of children.
      directory.client().delete(path + "/10.0.0.1:80", -1);
      directory.put(path + "/10.0.0.1:80", "10.0.0.1:80 weight=5");
      forwarder.heal();

      listener.awaitTargets("10.0.0.1:80 weight=5");
      directory.put(path + "/10.0.0.2:80", "");
      listener.awaitTargets("10.0.0.1:80 weight=5", "10.0.0.2:80");
    }
  }

  /** A session that has longer to live than that of the refresher is gone. */
  private void awaitExpired() throws Exception {
    String entry = path + "-session";
    try (Forwarder other = new Forwarder(directory.server().address());
        var registrar =
            ZookeeperRegistrar.builder(Directory.text(other.address()), entry)
                .ttl(Duration.ofSeconds(3))
                .timeout(Duration.ofSeconds(1))
                .build()) {
      registrar.register(Target.of("10.0.0.1", 1)).get();
      other.cut();
      await().until(() -> directory.client().getChildren(entry, false).isEmpty());
    }
  }

  @Test
  void theRootIsAPlaceLikeAnyOther() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    Refresher refresher =
        ZookeeperRefresher.builder(directory.connectString() + path, "/")
            .timeout(Duration.ofSeconds(1))
            .build();
    refreshers.add(refresher);
    refresher.start(listener);
    listener.awaitTargets("10.0.0.1:80");

    directory.put(path + "/10.0.0.2:80", "");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void serversThatAreNotThereAreAFailureThatNamesThem() {
    path = "/anywhere";
    start(builder("127.0.0.1:1,127.0.0.1:2"));

    awaitFailure("ZooKeeper 127.0.0.1:1,127.0.0.1:2: no connection within 1000 ms");
  }

  @Test
  void aPasswordThatChangesIsShownToTheServersInTheSameSession() throws Exception {
    directory.set(path, List.of(Target.of("10.0.0.1", 80)));
    ZooKeeper owner = directory.newClient();
    owner.addAuthInfo("digest", Directory.bytes("web:secret"));
    owner.setACL(path, ZooDefs.Ids.CREATOR_ALL_ACL, -1);
    owner.close();
    Map<String, String> values =
        new ConcurrentHashMap<>(
            Map.of(
                "connect",
                directory.connectString(),
                "path",
                path,
                "user",
                "web",
                "password",
                "wrong"));
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
    try (Refresher refresher =
            new ZookeeperRefresherProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("refresher.x", thread, Ticker.system()));
        Registrar registrar =
            new ZookeeperRegistrarProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("register.x", other, Ticker.system()))) {
      refresher.start(listener);
      CompletableFuture<Void> stands = registrar.register(Target.of("10.0.0.9", 80));
      awaitFailure("not authorized");
      assertThat(stands).isNotDone();

      values.put("password", "secret");

      stands.get(30, SECONDS);
      await().until(() -> listener.hostPorts().contains("10.0.0.9:80"));
    } finally {
      thread.shutdownNow();
      other.shutdownNow();
    }
  }
}
