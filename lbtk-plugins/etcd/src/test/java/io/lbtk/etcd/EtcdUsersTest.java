package io.lbtk.etcd;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that wants a user and a password. */
class EtcdUsersTest {

  @TempDir private static Path folder;
  private static TestEtcd etcd;

  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startEtcd() {
    etcd = TestEtcd.start(folder);
    etcdctl("user", "add", "root:top-secret");
    etcdctl("user", "grant-role", "root", "root");
    etcdctl("user", "add", "web:hunter2");
    etcdctl("role", "add", "web");
    etcdctl("role", "grant-permission", "web", "--prefix=true", "readwrite", "/web/");
    etcdctl("user", "grant-role", "web", "web");
    etcdctl("auth", "enable");
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  @AfterEach
  void removeAll() {
    asRoot("del", "--prefix", "/");
  }

  private static void etcdctl(String... arguments) {
    Etcdctl.run(etcd.endpoint(), arguments);
  }

  private static String asRoot(String... arguments) {
    return Etcdctl.run(
        etcd.endpoint(),
        Stream.concat(Stream.of("--user=root:top-secret"), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  private static EtcdRefresher.Builder of(String prefix) {
    return EtcdRefresher.builder(List.of(etcd.endpoint()), prefix);
  }

  private String failure(EtcdRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  @Test
  void aUserWithThePasswordReadsAndIsToldOfChanges() {
    asRoot("put", "/web/a", "10.0.0.1:80");
    try (Refresher refresher = of("/web/").user("web", "hunter2").build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      asRoot("put", "/web/b", "10.0.0.2:80");

      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    }
  }

  @Test
  void aUserWithThePasswordRegisters() {
    Target target = Target.of("10.0.0.1", 8000);
    try (Registrar registrar =
            EtcdRegistrar.builder(List.of(etcd.endpoint()), "/web").user("web", "hunter2").build();
        Refresher refresher = of("/web/").user("web", "hunter2").build()) {
      registrar.register(target).join();
      refresher.start(listener);

      listener.awaitTargets(List.of(target));
    }
  }

  @Test
  void aTokenThatIsNotValidAnyMoreIsRenewed() {
    Target target = Target.of("10.0.0.1", 9000);
    try (Registrar registrar =
        EtcdRegistrar.builder(List.of(etcd.endpoint()), "/web").user("web", "hunter2").build()) {
      registrar.register(target).join();

      // Ends all tokens.
      asRoot("auth", "disable");
      etcdctl("auth", "enable");
      registrar.register(target.withWeight(2)).join();

      assertThat(asRoot("get", "--print-value-only", "/web/10.0.0.1:9000"))
          .isEqualTo("10.0.0.1:9000 weight=2\n");
    }
  }

  @Test
  void aWrongPasswordIsAFailureThatDoesNotRepeatIt() {
    assertThat(failure(of("/web/").user("web", "wrong")))
        .isEqualTo(
            "/web/ at %s: etcdserver: authentication failed, invalid user ID or password"
                .formatted(etcd.endpoint()));
  }

  @Test
  void nobodyIsAFailureThatSaysWhatIsWanted() {
    assertThat(failure(of("/web/")))
        .isEqualTo("/web/ at %s: user and password required".formatted(etcd.endpoint()));
  }

  @Test
  void aPrefixThatTheUserMayNotReadIsAFailure() {
    assertThat(failure(of("/other/").user("web", "hunter2")))
        .isEqualTo("/other/ at %s: etcdserver: permission denied".formatted(etcd.endpoint()));
  }

  @Test
  void aUserIsNoProblemWhereNoneIsWanted(@TempDir Path other) {
    try (TestEtcd open = TestEtcd.start(other);
        Refresher refresher =
            EtcdRefresher.builder(List.of(open.endpoint()), "/web").user("web", "x").build()) {
      open.put("/web/a", "10.0.0.1:80");
      refresher.start(listener);

      listener.awaitTargets("10.0.0.1:80");
    }
  }

  @Test
  void aPasswordThatChangesIsUsedAtTheNextConnection() throws Exception {
    Map<String, String> values =
        new ConcurrentHashMap<>(
            Map.of(
                "endpoints",
                etcd.endpoint(),
                "prefix",
                "/web/",
                "user",
                "web",
                "password",
                "wrong"));
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
    try (Refresher refresher =
            new EtcdRefresherProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("refresher.x", thread, Ticker.system()));
        Registrar registrar =
            new EtcdRegistrarProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("register.x", other, Ticker.system()))) {
      refresher.start(listener);
      CompletableFuture<Void> stands = registrar.register(Target.of("10.0.0.9", 80));
      listener.awaitFailures(1);
      assertThat(stands).isNotDone();

      values.put("password", "hunter2");

      stands.get(30, SECONDS);
      await().until(() -> listener.hostPorts().contains("10.0.0.9:80"));
    } finally {
      thread.shutdownNow();
      other.shutdownNow();
    }
  }
}
