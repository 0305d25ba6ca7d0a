package io.lbtk.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that lets nobody in without a password, and a user who may only read. */
class RedisLoginTest {

  private static final String KEY = "lb:web";

  @TempDir private static Path folder;
  private static RedisInstance redis;

  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startRedis() {
    redis =
        new RedisInstance(
            folder,
            RedisURI.create("redis://op%40n@127.0.0.1"),
            port ->
                List.of(
                    "--requirepass",
                    "op@n",
                    "--user",
                    "reader",
                    "on",
                    ">a+b",
                    "~lb:*",
                    "resetchannels",
                    "+@read",
                    "+@connection"));
    redis.commands().sadd(KEY, "10.0.0.1:80");
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  private static RedisRefresher.Builder builder(String login) {
    URI uri = URI.create("redis://%s127.0.0.1:%d".formatted(login, redis.uri().getPort()));
    return RedisRefresher.builder(uri, KEY).interval(Duration.ofMillis(50));
  }

  private String failure(RedisRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  private void reads(RedisRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
    }
    assertThat(listener.failures()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {":op%40n@", "default:op%40n@", "op%40n@", "reader:a+b@"})
  void userAndPasswordMayStandInTheUri(String login) {
    reads(builder(login));
  }

  @Test
  void thePasswordMayStandAlone() {
    reads(builder("").password("op@n"));
  }

  @Test
  void theUserMayStandAlone() {
    reads(builder("").user("reader").password("a+b"));
  }

  @Test
  void noPasswordIsAFailure() {
    assertThat(failure(builder("")))
        .startsWith(
            redis.uri() + ", key lb:web: password required, but none is configured (NOAUTH");
  }

  @Test
  void aWrongPasswordIsAFailureThatDoesNotShowIt() {
    assertThat(failure(builder("reader:guess@")))
        .startsWith(redis.uri() + ", key lb:web: user or password rejected (WRONGPASS")
        .doesNotContain("guess");
  }

  @Test
  void whatTheUserMayNotReadIsAFailure() {
    URI uri = URI.create("redis://reader:a+b@127.0.0.1:" + redis.uri().getPort());

    assertThat(failure(RedisRefresher.builder(uri, "other")))
        .startsWith(redis.uri() + ", key other: user not permitted (NOPERM");
  }

  @Test
  void aUserWhoMayNotListenSeesChangesAtTheNextRead() {
    try (LogLines log = new LogLines("io.lbtk.redis");
        Refresher refresher = builder("reader:a+b@").build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      redis.commands().sadd(KEY, "10.0.0.2:80");

      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith(
              "INFO redis: %s: no events from the server: user not permitted (NOPERM"
                  .formatted(redis.uri()));
    } finally {
      redis.commands().srem(KEY, "10.0.0.2:80");
    }
  }

  @Test
  void aUserWhoMayNotListenDoesNotConnectAgainBeforeTheNextRead() {
    try (Refresher refresher = builder("reader:a+b@").interval(Duration.ofMinutes(1)).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      assertFewConnections();
    }
  }

  @Test
  void whatMayNotBeReadIsTriedAgainAfterASecond() {
    URI uri = URI.create("redis://reader:a+b@127.0.0.1:" + redis.uri().getPort());
    try (Refresher refresher = RedisRefresher.builder(uri, "other").build()) {
      refresher.start(listener);
      listener.awaitFailures(1);

      assertFewConnections();
    }
  }

  /** In two seconds. */
  private static void assertFewConnections() {
    long before = connections();
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(10))
        .until(() -> connections() - before < 10);
  }

  private static long connections() {
    return redis
        .commands()
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_connections_received:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPasswordThatChangesIsUsedAtTheNextConnection() throws Exception {
    Map<String, String> values =
        new ConcurrentHashMap<>(
            Map.of(
                "uri",
                "redis://127.0.0.1:" + redis.uri().getPort(),
                "key",
                "lb:rotated",
                "interval",
                "50ms",
                "password",
                "wrong"));
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
    try (Refresher refresher =
            new RedisRefresherProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("refresher.x", thread, Ticker.system()));
        Registrar registrar =
            new RedisRegistrarProvider()
                .create(
                    new TestSettings(values),
                    new TestContext("register.x", other, Ticker.system()))) {
      refresher.start(listener);
      CompletableFuture<Void> stands = registrar.register(Target.of("10.0.0.9", 80));
      listener.awaitFailures(1);
      assertThat(stands).isNotDone();

      values.put("password", "op@n");

      stands.get(30, SECONDS);
      await().until(() -> listener.hostPorts().contains("10.0.0.9:80"));
    } finally {
      thread.shutdownNow();
      other.shutdownNow();
    }
  }
}
