package io.lbtk.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Provider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisProvidersTest {

  @ParameterizedTest
  @ValueSource(classes = {RefresherProvider.class, RegistrarProvider.class})
  void bothAreFoundAndSayWhatTheyAre(Class<? extends Provider<?>> kind) {
    Provider<?> provider =
        ServiceLoader.load(kind).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.name().equals("redis"))
            .findFirst()
            .orElseThrow();

    assertThat(provider.doc()).isNotBlank();
    assertThat(provider.options())
        .allSatisfy(option -> assertThat(option.doc()).as(option.name()).isNotBlank());
  }

  @ParameterizedTest
  @CsvSource({
    "redis://10.0.0.1, redis://10.0.0.1, 0",
    "redis://10.0.0.1:6380/, redis://10.0.0.1:6380/, 0",
    "redis://user:secret@[::1]:6380/7, redis://[::1]:6380/7, 7",
    "rediss://:secr%40t@redis.example, rediss://redis.example, 0",
    "rediss://reader:se@cret@redis.example, rediss://redis.example, 0",
    "redis://user:pass_word@my_host:6380/7, redis://my_host:6380/7, 7",
    "'redis-sentinel://secret@a:1,b:2/3#main', 'redis-sentinel://a:1,b:2/3#main', 3"
  })
  void aServerIsShownWithoutItsPassword(String uri, String shown, int database) {
    RedisServer server =
        RedisServer.of(
            RedisOptions.URI_OF_SERVER.parse(uri),
            RedisOptions.TIMEOUT.defaultValue().orElseThrow());

    assertThat(server).hasToString(shown);
    assertThat(server.database()).isEqualTo(database);
    assertThat(RedisOptions.URI_OF_SERVER.print(URI.create(uri))).isEqualTo("[hidden]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://10.0.0.1",
        "redis:///1",
        "redis://:6379",
        "redis://10.0.0.1/x",
        "redis://10.0.0.1/1/2",
        "redis://10.0.0.1:99999",
        "rediss://10.0.0.1?verifyPeer=NONE",
        "redis://10.0.0.1#main",
        "redis-sentinel://10.0.0.1",
        "redis:10.0.0.1",
        "rediss://my_host"
      })
  void whatIsNoServerIsRefused(String uri) {
    assertThatThrownBy(() -> RedisOptions.URI_OF_SERVER.parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected: " + RedisServer.EXPECTED);
  }

  @ParameterizedTest
  @CsvSource({
    "redis://my_host, my_host, 6379",
    "redis://my_host:6380/7, my_host, 6380",
    "redis://user:secret@my_host:6380, my_host, 6380"
  })
  void aHostMayHaveAnUnderscore(String uri, String host, int port) {
    RedisURI server = RedisServer.of(URI.create(uri), Duration.ofSeconds(1)).redisUri();

    assertThat(server.getHost()).isEqualTo(host);
    assertThat(server.getPort()).isEqualTo(port);
  }

  @Test
  void hostsOfSentinelsMayHaveAnUnderscore() {
    URI uri = URI.create("redis-sentinel://first_host:1,second_host/3#main");

    assertThat(RedisServer.of(uri, Duration.ofSeconds(1)).redisUri().getSentinels())
        .extracting(sentinel -> sentinel.getHost() + ":" + sentinel.getPort())
        .containsExactly("first_host:1", "second_host:26379");
  }

  @Test
  void anEntryThatNeverExpiresIsNotOffered() {
    assertThatCode(() -> RedisRegistrarProvider.FORMAT.parse("keys")).doesNotThrowAnyException();
    assertThatCode(() -> RedisRegistrarProvider.FORMAT.parse("zset")).doesNotThrowAnyException();
    assertThatThrownBy(() -> RedisRegistrarProvider.FORMAT.parse("hash"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected: keys or zset: entries of a hash or a set never expire");
  }

  @ParameterizedTest
  @CsvSource({
    "HASH, KA, ''",
    "HASH, '', Kgh",
    "ZSET, Khs, gz",
    "KEYS, AKE, ''",
    "KEYS, Kg$, x",
    "AUTO, KEA, ''"
  })
  void theEventsThatAreMissingAreNamed(RedisFormat format, String set, String missing) {
    assertThat(KeyspaceEvents.missingFlags(KeyspaceEvents.requiredFlags(format), set))
        .isEqualTo(missing);
  }
}
