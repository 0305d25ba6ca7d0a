package io.lbtk.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.RecordingListener;
import io.lettuce.core.KillArgs;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server holds, and what becomes of it. */
class RedisRefresherTest {

  private static final int MEBIBYTE = 1 << 20;

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
    assertThat(listener.violations()).isEmpty();
  }

  private RedisRefresher.Builder builder() {
    return RedisRefresher.builder(redis.uri(), key).interval(Duration.ofMillis(20));
  }

  private void start(RedisRefresher.Builder builder) {
    Refresher refresher = builder.build();
    open.push(refresher);
    refresher.start(listener);
  }

  private List<String> read(RedisRefresher.Builder builder) {
    start(builder);
    listener.awaitReports(1);
    assertThat(listener.failures()).isEmpty();
    return listener.targets().stream().map(Target::toString).toList();
  }

  private String failure(RedisRefresher.Builder builder) {
    start(builder);
    listener.awaitFailures(1);
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  private String place() {
    return "%s, key %s: ".formatted(redis.uri(), key);
  }

  @Test
  void moreEntriesThanAnybodyHasAreAFailureAndTheTargetsStay() {
    String many = key + "-many";
    redis
        .commands()
        .eval(
            "for i = 1, 1048577 do redis.call('SADD', KEYS[1], i) end",
            ScriptOutputType.STATUS,
            many);
    redis.commands().sadd(key, "10.0.0.1:80");
    start(builder());
    listener.awaitTargets("10.0.0.1:80");

    redis.commands().rename(many, key);
    listener.awaitFailures(1);

    assertThat(listener.failures().get(0).message())
        .isEqualTo(place() + "1,048,577 entries (expected: at most 1,048,576)");
    assertThat(listener.targets()).hasSize(1);
    redis.commands().unlink(key);
  }

  @Test
  void theValuesOfAHashAreWeightsOrTargets() {
    redis
        .commands()
        .hset(
            key,
            Map.of(
                "10.0.0.1:80", "3",
                "10.0.0.2:80", "",
                "10.0.0.3:80", "weight=0 zone=north",
                "10.0.0.4:80", "10.0.0.4:80 weight=2 priority=1",
                "one-more", "[::1]:80",
                "10.0.0.5:80", " 7\n"));

    assertThat(read(builder()))
        .containsExactlyInAnyOrder(
            "10.0.0.1:80 weight=3",
            "10.0.0.2:80",
            "10.0.0.3:80 weight=0 zone=north",
            "10.0.0.4:80 weight=2 priority=1",
            "[::1]:80",
            "10.0.0.5:80 weight=7");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.1:80, 65536", "10.0.0.1:80, -1", "10.0.0.1, 3", "a, b", "10.0.0.1:0, 1"})
  void whatIsNoTargetInAHashIsSkipped(String field, String value) {
    redis.commands().hset(key, Map.of(field, value, "10.0.0.9:80", "1"));

    assertThat(read(builder())).containsExactly("10.0.0.9:80");
  }

  @Test
  void theMembersOfASetAreTargets() {
    redis.commands().sadd(key, "10.0.0.1:80 weight=2 zone=a", "10.0.0.2:80", "nothing");

    assertThat(read(builder()))
        .containsExactlyInAnyOrder("10.0.0.1:80 weight=2 zone=a", "10.0.0.2:80");
  }

  @Test
  void aMemberWithoutAHeartbeatWithinTheTimeToLiveIsGone() {
    double now = Instant.now().getEpochSecond();
    redis.commands().zadd(key, now, "10.0.0.1:80 zone=seconds");
    redis.commands().zadd(key, now * 1000, "10.0.0.2:80 zone=milliseconds");
    redis.commands().zadd(key, now - 120, "10.0.0.3:80");
    redis.commands().zadd(key, (now - 120) * 1000, "10.0.0.4:80");

    assertThat(read(builder().ttl(Duration.ofMinutes(1))))
        .containsExactlyInAnyOrder("10.0.0.1:80 zone=seconds", "10.0.0.2:80 zone=milliseconds");
  }

  @Test
  void aMemberThatIsNotHeardOfAnyMoreGoes() {
    redis.commands().zadd(key, (double) Instant.now().toEpochMilli(), "10.0.0.1:80");
    redis.commands().zadd(key, Instant.now().toEpochMilli() + 1e6, "10.0.0.2:80");
    start(builder().ttl(Duration.ofSeconds(2)));

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    listener.awaitTargets("10.0.0.2:80");
  }

  @Test
  void ofAMemberThatChangedItsWeightTheLastCounts() {
    double now = Instant.now().toEpochMilli();
    redis.commands().zadd(key, now - 1, "10.0.0.1:80 weight=9");
    redis.commands().zadd(key, now, "10.0.0.1:80 weight=2");
    redis.commands().zadd(key, now - 2, "10.0.0.1:80");

    assertThat(read(builder())).containsExactly("10.0.0.1:80 weight=2");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 5, -1, 2e13, 1.8e18, Double.POSITIVE_INFINITY})
  void scoresThatAreNoTimeAreAFailureNotAnEmptySet(double score) {
    redis.commands().zadd(key, score, "10.0.0.1:80");

    assertThat(failure(builder()))
        .startsWith(place() + "no target in it, but 1 that is none; member, \"10.0.0.1:80\": score")
        .endsWith("(expected: a time since 1970, at most 1h from now)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HASH", "SET", "ZSET", "KEYS"})
  void eachEntryThatCanBeNoTargetIsNamedByItsPlace(RedisFormat format) {
    double now = Instant.now().toEpochMilli();
    String[] impossible = {
      "0.0.0.0:80", "*:80", "a..b:80", "1.2.3.400:80", "10.0.0.1:80 weight=-1"
    };
    for (int i = 0; i < impossible.length; i++) {
      switch (format) {
        case HASH -> redis.commands().hset(key, "n" + i, impossible[i]);
        case SET -> redis.commands().sadd(key, impossible[i]);
        case ZSET -> redis.commands().zadd(key, now, impossible[i]);
        default -> redis.commands().set(key + ":n" + i, impossible[i]);
      }
    }
    putBeside(format, "*:81".getBytes(UTF_8));
    String place =
        switch (format) {
          case HASH -> ", field ";
          case KEYS -> ", key " + key + ":";
          default -> ", member: ";
        };

    try (LogLines log = new LogLines("io.lbtk.discovery.BadEntries")) {
      assertThat(read(builder().format(format))).containsExactly("10.0.0.1:80");
      assertThat(log.lines()).hasSize(impossible.length + 1).allMatch(line -> line.contains(place));
    }
  }

  @Test
  void eachKeyThatBeginsWithTheNameAndAColonIsATarget() {
    redis.commands().set(key + ":a", "10.0.0.1:80 weight=2");
    redis.commands().set(key + ":b:c", "10.0.0.2:80");
    redis.commands().set(key + "0:d", "10.0.0.3:80");
    redis.commands().set("x" + key + ":e", "10.0.0.4:80");

    assertThat(read(builder())).containsExactlyInAnyOrder("10.0.0.1:80 weight=2", "10.0.0.2:80");
  }

  @Test
  void aKeyThatHoldsNoStringIsSkipped() {
    redis.commands().set(key + ":a", "10.0.0.1:80");
    redis.commands().rpush(key + ":b", "10.0.0.2:80");

    assertThat(read(builder().format(RedisFormat.KEYS))).containsExactly("10.0.0.1:80");
  }

  @Test
  void keysThatHoldNoStringAreAFailureNotAnEmptySet() {
    redis.commands().rpush(key + ":b", "10.0.0.2:80");

    assertThat(failure(builder().format(RedisFormat.KEYS)))
        .contains("no target in it")
        .endsWith("it holds a list (expected: a string)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a*b", "a?b", "a[c]b", "a\\b", "a[^x]b", "a]b[", "a b", "äö"})
  void theCharactersOfAKeyStandForThemselves(String name) {
    String special = key + name;
    redis.commands().set(special + ":1", "10.0.0.1:80");
    redis.commands().set(key + "acb:1", "10.0.0.2:80");
    start(RedisRefresher.builder(redis.uri(), special).interval(Duration.ofHours(1)));
    listener.awaitTargets("10.0.0.1:80");

    redis.commands().set(special + ":2", "10.0.0.3:80");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.3:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTO", "HASH", "SET", "ZSET", "KEYS"})
  void aKeyThatDoesNotExistListsNothing(RedisFormat format) {
    assertThat(read(builder().format(format))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HASH", "SET", "ZSET"})
  void aKeyOfAnotherTypeThanTheFormatIsAFailure(RedisFormat format) {
    redis.commands().rpush(key, "10.0.0.1:80");

    assertThat(failure(builder().format(format)))
        .startsWith(place() + "the type of the key does not match the format (WRONGTYPE ");
  }

  @Test
  void aTypeThatHoldsNoTargetsIsAFailure() {
    redis.commands().rpush(key, "10.0.0.1:80");

    assertThat(failure(builder())).startsWith(place() + "it holds a list (expected: a hash,");
  }

  @Test
  void aKeyThatGetsAnotherTypeIsReadAsThat() {
    redis.commands().sadd(key, "10.0.0.1:80");
    start(builder());
    listener.awaitTargets("10.0.0.1:80");

    redis.commands().multi();
    redis.commands().del(key);
    redis.commands().hset(key, "10.0.0.2:80", "5");
    redis.commands().exec();

    listener.awaitTargets("10.0.0.2:80 weight=5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HASH", "SET", "ZSET", "KEYS"})
  void anEntryOfTenMebibytesIsSkipped(RedisFormat format) {
    putBeside(format, "x".repeat(10 * MEBIBYTE).getBytes(UTF_8));

    try (LogLines log = new LogLines("io.lbtk.discovery.BadEntries")) {
      assertThat(read(builder().format(format))).containsExactly("10.0.0.1:80");
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARN redis: " + redis.uri())
          .hasSizeLessThan(400)
          .endsWith("is skipped: 10485760 bytes (expected: 65536 at most)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HASH", "SET", "ZSET", "KEYS"})
  void anEntryThatIsNoUtf8IsSkipped(RedisFormat format) {
    putBeside(format, "10.0.0.2:80 zone=\u00e4\u00ff".getBytes(ISO_8859_1));

    try (LogLines log = new LogLines("io.lbtk.discovery.BadEntries")) {
      assertThat(read(builder().format(format))).containsExactly("10.0.0.1:80");
      assertThat(log.lines()).singleElement().asString().contains("it is not UTF-8");
    }
  }

  @Test
  void namesThatAreNoUtf8AreSkipped() {
    try (StatefulRedisConnection<byte[], byte[]> connection = redis.newConnection()) {
      byte[] name = (key + ":\u00ff").getBytes(ISO_8859_1);
      connection.sync().set(name, "10.0.0.2:80".getBytes(UTF_8));
    }
    redis.commands().set(key + ":a", "10.0.0.1:80");

    assertThat(read(builder().format(RedisFormat.KEYS))).containsExactly("10.0.0.1:80");
  }

  /** An entry that holds these bytes, beside a good one. */
  private void putBeside(RedisFormat format, byte[] entry) {
    byte[] name = key.getBytes(UTF_8);
    byte[] good = "10.0.0.1:80".getBytes(UTF_8);
    double now = Instant.now().toEpochMilli();
    try (StatefulRedisConnection<byte[], byte[]> connection = redis.newConnection()) {
      var commands = connection.sync();
      switch (format) {
        case HASH -> commands.hset(name, Map.of(good, good, new byte[] {'x'}, entry));
        case SET -> commands.sadd(name, good, entry);
        case ZSET -> {
          commands.zadd(name, now, good);
          commands.zadd(name, now, entry);
        }
        default -> {
          commands.set((key + ":good").getBytes(UTF_8), good);
          commands.set((key + ":bad").getBytes(UTF_8), entry);
        }
      }
    }
  }

  @Test
  void aServerThatDoesNotListenIsAFailure() {
    try (ClosedPort nowhere = new ClosedPort()) {
      String address = nowhere.target().hostPort();

      assertThat(failure(RedisRefresher.builder(URI.create("redis://u:secret@" + address), key)))
          .isEqualTo("redis://%s, key %s: it cannot be connected to".formatted(address, key));
    }
  }

  @Test
  void aHostThatIsUnknownIsAFailure() {
    assertThat(failure(RedisRefresher.builder(URI.create("redis://no-such-host.invalid"), key)))
        .isEqualTo("redis://no-such-host.invalid, key %s: unknown host".formatted(key));
  }

  @Test
  void onlyTheDatabaseOfTheUriIsRead() {
    redis.commands().hset(key, "10.0.0.1:80", "1");
    redis.commands().select(3);
    redis.commands().hset(key, "10.0.0.3:80", "1");
    redis.commands().select(0);
    start(
        RedisRefresher.builder(URI.create(redis.uri() + "/3"), key).interval(Duration.ofHours(1)));
    listener.awaitTargets("10.0.0.3:80");

    redis.commands().select(3);
    redis.commands().hset(key, "10.0.0.4:80", "1");
    redis.commands().select(0);

    listener.awaitTargets("10.0.0.3:80", "10.0.0.4:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTO", "KEYS"})
  void aKeyThatExpiresIsToldOf(RedisFormat format) {
    redis.commands().set(key + ":a", "10.0.0.1:80");
    redis.commands().set(key + ":b", "10.0.0.2:80", SetArgs.Builder.px(Duration.ofMillis(1500)));
    start(builder().format(format).interval(Duration.ofHours(1)));

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    listener.awaitTargets("10.0.0.1:80");
  }

  @Test
  void whatChangesWhileTheServerCannotTellIsSeenAfterwards() {
    redis.commands().sadd(key, "10.0.0.1:80");
    start(builder().interval(Duration.ofHours(1)));
    listener.awaitTargets("10.0.0.1:80");

    redis.commands().multi();
    redis.commands().clientKill(KillArgs.Builder.typePubsub());
    redis.commands().sadd(key, "10.0.0.2:80");
    redis.commands().exec();
    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    redis.commands().sadd(key, "10.0.0.3:80");

    listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
  }

  @Test
  void itNeedNotListen() {
    redis.commands().hset(key, "10.0.0.1:80", "1");

    assertThat(read(builder().notify(NotifyMode.OFF))).hasSize(1);

    assertThat(redis.commands().pubsubNumsub("__keyspace@0__:" + key))
        .containsEntry("__keyspace@0__:" + key, 0L);
  }

  @ParameterizedTest
  @CsvSource({"AUTO, INFO", "ON, WARN"})
  void aServerThatTellsNothingIsNamedOnce(NotifyMode mode, String level) {
    redis.commands().hset(key, "10.0.0.1:80", "1");
    redis.commands().configSet("notify-keyspace-events", "Kh");
    try (LogLines log = new LogLines("io.lbtk.redis")) {
      start(builder().notify(mode).format(RedisFormat.HASH));
      listener.awaitTargets("10.0.0.1:80");
      redis.commands().clientKill(KillArgs.Builder.typePubsub());
      redis.commands().hset(key, "10.0.0.2:80", "1");
      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");

      assertThat(log.lines())
          .containsExactly(
              "%s redis: %s: notify-keyspace-events is \"hK\", without g (expected: Kgh or more); changes are seen at the next read"
                  .formatted(level, redis.uri()));
    } finally {
      redis.commands().configSet("notify-keyspace-events", "Kgxe$hzs");
    }
  }

  @Test
  void itsThreadsEndAfterItWasClosed() {
    redis.commands().hset(key, "10.0.0.1:80", "1");
    Set<Thread> others = threads();
    Set<Thread> own = new HashSet<>();
    try (Refresher refresher = builder().name("refresher.a").build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");
      own.addAll(threads());
      own.removeAll(others);
      assertThat(own).isNotEmpty();
    }

    await().until(() -> own.stream().noneMatch(Thread::isAlive));
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                thread.getName().startsWith("lettuce") || thread.getName().startsWith("refresher"))
        .collect(Collectors.toSet());
  }
}
