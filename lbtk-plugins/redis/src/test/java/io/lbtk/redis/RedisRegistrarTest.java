package io.lbtk.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.Forwarder;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.servers.InstalledProgram;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries in a server, which are kept, found, and gone. */
class RedisRegistrarTest {

  private static final Target TARGET =
      Target.parse("10.0.0.1:80 weight=3 priority=2 max-connections=9 zone=north");

  @TempDir private static Path folder;
  private static RedisInstance redis;

  private final String key = RedisInstance.newKey();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startRedis() {
    redis = new RedisInstance(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @AfterEach
  void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private RedisRegistrar.Builder builder() {
    return RedisRegistrar.builder(redis.uri(), key);
  }

  private Registrar registered(RedisRegistrar.Builder builder, Target target) throws Exception {
    Registrar registrar = builder.build();
    open.push(registrar);
    registrar.register(target).get(30, SECONDS);
    return registrar;
  }

  /** Reads what the registrar writes; it finds out the format by itself. */
  private void startRefresher(Duration ttl) {
    Refresher refresher =
        RedisRefresher.builder(redis.uri(), key).ttl(ttl).interval(Duration.ofMillis(50)).build();
    open.push(refresher);
    refresher.start(listener);
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatIsRegisteredIsWhatTheRefresherReads(RedisFormat format) throws Exception {
    registered(builder().format(format), TARGET);

    startRefresher(Duration.ofSeconds(15));

    listener.awaitTargets(List.of(TARGET));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatIsClosedIsGoneAtOnce(RedisFormat format) throws Exception {
    Registrar registrar = registered(builder().format(format), TARGET);

    registrar.close();

    assertThat(redis.commands().keys(key + "*")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatIsWithdrawnIsGoneAndCanComeBack(RedisFormat format) throws Exception {
    Registrar registrar = registered(builder().format(format), TARGET);

    registrar.withdraw().get(30, SECONDS);

    assertThat(redis.commands().keys(key + "*")).isEmpty();
    registrar.register(TARGET).get(30, SECONDS);
    assertThat(redis.commands().keys(key + "*")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatNobodyKeepsAnyMoreGoesAfterItsTimeToLive(RedisFormat format) throws Exception {
    Duration ttl = Duration.ofSeconds(2);
    ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor();
    // Nobody closes what was killed.
    Registrar killed = builder().format(format).ttl(ttl).scheduler(keeper).build();
    killed.register(TARGET).get(30, SECONDS);
    startRefresher(ttl);
    listener.awaitTargets(List.of(TARGET));

    keeper.shutdownNow();

    listener.awaitTargets(List.of());
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatIsKeptOutlivesItsTimeToLive(RedisFormat format) throws Exception {
    Duration ttl = Duration.ofSeconds(1);
    registered(builder().format(format).ttl(ttl), TARGET);
    startRefresher(ttl);
    listener.awaitTargets(List.of(TARGET));
    Instant end = Instant.now().plus(ttl.multipliedBy(3));

    await().until(() -> Instant.now().isAfter(end));

    assertThat(listener.targets()).containsExactly(TARGET);
    assertThat(listener.reports()).doesNotContain(Refresh.snapshot(List.of()));
  }

  @Test
  void ofTwoThatKeepTheSameTargetTheLaterOneDoesUntilItIsWithdrawn() throws Exception {
    RedisRegistrar.Builder builder = builder().ttl(Duration.ofSeconds(1));
    try (LogLines log = new LogLines("io.lbtk.core.register")) {
      registered(builder, TARGET);
      Registrar later = registered(builder, TARGET.withWeight(9));

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> log.lines().stream().anyMatch(line -> line.contains("kept by another")));
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(20))
          .until(() -> value().equals(TARGET.withWeight(9).toString()));
      later.withdraw().get(30, SECONDS);

      await().atMost(Duration.ofSeconds(30)).until(() -> value().equals(TARGET.toString()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void anEarlierOwnerNoticesTheLaterOneAtItsBeatAndWhatIsKeptStaysWhenItStops(RedisFormat format)
      throws Exception {
    RedisRegistrar.Builder builder = builder().format(format).ttl(Duration.ofSeconds(6));
    try (LogLines log = new LogLines("io.lbtk.core.register")) {
      Registrar former = registered(builder.name("register.former"), TARGET);
      registered(builder.name("register.later"), TARGET);
      startRefresher(Duration.ofSeconds(6));
      listener.awaitTargets(List.of(TARGET));

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  log.lines().stream()
                      .anyMatch(
                          line ->
                              line.contains("WARN register.former")
                                  && line.contains("kept by another")));
      former.close();

      assertThat(redis.commands().keys(key + "*")).hasSize(1);
      assertThat(listener.reports()).doesNotContain(Refresh.snapshot(List.of()));
      assertThat(log.lines()).noneMatch(line -> line.contains("WARN register.later"));
    }
  }

  /** The beats of both are driven by hand here, so that the former's comes last before it stops. */
  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void anEarlierOwnerDoesNotBeatAfterTheLaterOne(RedisFormat format) {
    Duration ttl = Duration.ofSeconds(15);
    try (RedisLink link = new RedisLink(RedisOptions.server(redis.uri()))) {
      RedisEntry.Form former = form(format, ttl);
      RedisEntry.Form later = form(format, ttl);
      assertThat(former.keep(link.connection(), TARGET)).isTrue();
      assertThat(later.keep(link.connection(), TARGET)).isTrue();
      assertThat(former.keep(link.connection(), TARGET)).isFalse();
      assertThat(later.keep(link.connection(), TARGET)).isTrue();
      assertThat(former.keep(link.connection(), TARGET)).isFalse();

      former.remove(link.connection());
      assertThat(redis.commands().keys(key + "*")).hasSize(1);

      assertThat(former.keep(link.connection(), TARGET)).isTrue();
      assertThat(later.keep(link.connection(), TARGET)).isFalse();
      former.remove(link.connection());
      assertThat(redis.commands().keys(key + "*")).isEmpty();
      assertThat(later.keep(link.connection(), TARGET)).isTrue();
    }
  }

  private RedisEntry.Form form(RedisFormat format, Duration ttl) {
    return format == RedisFormat.ZSET ? new HeartbeatMember(key, ttl) : new ExpiringKey(key, ttl);
  }

  @Test
  void aKeyThatWasMadeToLastIsMended() {
    try (RedisLink link = new RedisLink(RedisOptions.server(redis.uri()))) {
      RedisEntry.Form entry = form(RedisFormat.KEYS, Duration.ofSeconds(15));
      assertThat(entry.keep(link.connection(), TARGET)).isTrue();
      redis.commands().persist(key + ":" + TARGET.hostPort());

      assertThat(entry.keep(link.connection(), TARGET)).isTrue();

      assertThat(redis.commands().ttl(key + ":" + TARGET.hostPort())).isBetween(1L, 16L);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatASuccessorKeepsByNowStaysWhenTheFormerOneIsWithdrawn(RedisFormat format)
      throws Exception {
    Registrar former = registered(builder().format(format), TARGET);
    registered(builder().format(format), TARGET);

    former.withdraw().get(30, SECONDS);

    assertThat(redis.commands().keys(key + "*")).hasSize(1);
  }

  @Test
  void whatMayHaveBeenWrittenIsRemovedThoughNoAnswerCame() {
    try (RedisLink link = new RedisLink(RedisOptions.server(redis.uri()))) {
      ExpiringKey entry = new ExpiringKey(key, Duration.ofSeconds(15));
      assertThatThrownBy(() -> entry.keep(unanswered(link.connection()), TARGET))
          .isInstanceOf(RedisCommandTimeoutException.class);
      assertThat(value()).isEqualTo(TARGET.toString());

      entry.remove(link.connection());

      assertThat(redis.commands().keys(key + "*")).isEmpty();
    }
  }

  /** Carries each command out, but the answer to a write never comes. */
  @SuppressWarnings("unchecked")
  private static StatefulRedisConnection<EntryText, EntryText> unanswered(
      StatefulRedisConnection<EntryText, EntryText> connection) {
    RedisCommands<EntryText, EntryText> commands =
        (RedisCommands<EntryText, EntryText>)
            Proxy.newProxyInstance(
                RedisCommands.class.getClassLoader(),
                new Class<?>[] {RedisCommands.class},
                (proxy, method, arguments) -> {
                  Object answer = method.invoke(connection.sync(), arguments);
                  if (method.getName().equals("exec")) {
                    throw new RedisCommandTimeoutException("no answer");
                  }
                  return answer;
                });
    return (StatefulRedisConnection<EntryText, EntryText>)
        Proxy.newProxyInstance(
            StatefulRedisConnection.class.getClassLoader(),
            new Class<?>[] {StatefulRedisConnection.class},
            (proxy, method, arguments) ->
                method.getName().equals("sync") ? commands : method.invoke(connection, arguments));
  }

  private String value() {
    return String.valueOf(redis.commands().get(key + ":" + TARGET.hostPort()));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void anotherTargetTakesThePlaceOfTheLast(RedisFormat format) throws Exception {
    Registrar registrar = registered(builder().format(format), TARGET);
    Target heavy = TARGET.withWeight(9);
    Target elsewhere = Target.of("10.0.0.2", 80);
    startRefresher(Duration.ofSeconds(15));

    registrar.register(heavy).get(30, SECONDS);
    listener.awaitTargets(List.of(heavy));
    registrar.register(elsewhere).get(30, SECONDS);

    listener.awaitTargets(List.of(elsewhere));
  }

  @ParameterizedTest
  @EnumSource(names = {"KEYS", "ZSET"})
  void whatTheServerLostIsWrittenAgain(RedisFormat format) throws Exception {
    registered(builder().format(format).ttl(Duration.ofSeconds(2)), TARGET);
    startRefresher(Duration.ofSeconds(2));
    listener.awaitTargets(List.of(TARGET));

    redis.commands().flushall();

    listener.awaitTargets(List.of(TARGET));
    await().until(() -> !redis.commands().keys(key + "*").isEmpty());
  }

  @Test
  void whatTheServerLostWhileItCouldNotBeReachedIsWrittenAgain() throws Exception {
    try (Forwarder forwarder = new Forwarder(redis.process().address())) {
      URI uri = RedisInstance.uri(forwarder.address());
      registered(RedisRegistrar.builder(uri, key).ttl(Duration.ofMinutes(10)), TARGET);
      forwarder.cut();
      redis.commands().del(key + ":10.0.0.1:80");
      forwarder.heal();

      // Long before the next heartbeat is due.
      await().until(() -> redis.commands().get(key + ":10.0.0.1:80") != null);
      close();
    }
  }

  @Test
  void theCommandOfRedisShowsIt() throws Exception {
    registered(builder(), TARGET);

    assertThat(cli("get", key + ":10.0.0.1:80")).isEqualTo(TARGET.toString());
    assertThat(Integer.parseInt(cli("ttl", key + ":10.0.0.1:80"))).isBetween(5, 15);
  }

  private static String cli(String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(InstalledProgram.required("redis-cli").toString());
    command.addAll(List.of("-p", Integer.toString(redis.uri().getPort())));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void membersThatEndedLongAgoAreRemoved() throws Exception {
    double now = Instant.now().toEpochMilli();
    redis.commands().zadd(key, now - 40_000, "10.0.0.2:80 dead=milliseconds");
    redis.commands().zadd(key, (now - 40_000) / 1000, "10.0.0.3:80 dead=seconds");
    redis.commands().zadd(key, now / 1000, "10.0.0.4:80");
    redis.commands().zadd(key, now - 20_000, "10.0.0.5:80 dead=a-short-time");
    redis.commands().zadd(key, 5, "10.0.0.6:80 score=no-time");

    registered(builder().format(RedisFormat.ZSET), TARGET);

    await()
        .untilAsserted(
            () ->
                assertThat(redis.commands().zrange(key, 0, -1))
                    .containsExactlyInAnyOrder(
                        "10.0.0.4:80",
                        "10.0.0.5:80 dead=a-short-time",
                        "10.0.0.6:80 score=no-time",
                        TARGET.toString()));
  }

  @Test
  void aKeyOfAnotherTypeIsNamedInTheLog() {
    redis.commands().set(key, "something else");
    try (LogLines log = new LogLines("io.lbtk.core.register");
        Registrar registrar = builder().format(RedisFormat.ZSET).name("register.a").build()) {
      var unused = registrar.register(TARGET);

      await()
          .untilAsserted(
              () ->
                  assertThat(log.lines())
                      .singleElement()
                      .asString()
                      .startsWith(
                          "WARN register.a: not registered: %s, key %s: the type of the key does not match"
                              .formatted(redis.uri(), key)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "HASH", "SET"})
  void whatNeverExpiresIsNoFormat(RedisFormat format) {
    assertThatThrownBy(() -> builder().format(format))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("format %s (expected: KEYS or ZSET, whose entries expire)".formatted(format));
  }
}
