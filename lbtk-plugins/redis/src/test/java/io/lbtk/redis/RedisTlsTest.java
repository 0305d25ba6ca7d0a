package io.lbtk.redis;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.testkit.RecordingListener;
import io.lettuce.core.RedisURI;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are asked by TLS. */
class RedisTlsTest {

  @TempDir private static Path folder;
  private static Path authority;
  private static RedisInstance good;
  private static RedisInstance ofAnotherHost;

  private final String key = RedisInstance.newKey();
  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startRedis() throws Exception {
    X509Bundle signer =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=tests")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    authority = Files.writeString(folder.resolve("ca.pem"), signer.getCertificatePEM());
    good = server("good", signer, "127.0.0.1");
    ofAnotherHost = server("other", signer, "127.0.0.2");
  }

  private static RedisInstance server(String name, X509Bundle signer, String address)
      throws Exception {
    X509Bundle own =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=" + name)
            .addSanIpAddress(address)
            .buildIssuedBy(signer);
    Path home = Files.createDirectory(folder.resolve(name));
    Path certificate = write(home.resolve("certificate.pem"), own.getCertificatePathPEM());
    Path privateKey = write(home.resolve("key.pem"), own.getPrivateKeyPEM());
    return new RedisInstance(
        home,
        RedisURI.create("redis://127.0.0.1"),
        port ->
            List.of(
                "--tls-port", Integer.toString(port + 1),
                "--tls-cert-file", certificate.toString(),
                "--tls-key-file", privateKey.toString(),
                "--tls-ca-cert-file", authority.toString(),
                "--tls-auth-clients", "no"));
  }

  private static Path write(Path file, String text) throws IOException {
    return Files.writeString(file, text);
  }

  @AfterAll
  static void stopRedis() {
    good.close();
    ofAnotherHost.close();
  }

  private static URI tls(RedisInstance redis) {
    return URI.create("rediss://127.0.0.1:" + (redis.uri().getPort() + 1));
  }

  private RedisRefresher.Builder builder(URI uri) {
    return RedisRefresher.builder(uri, key).interval(Duration.ofHours(1));
  }

  private String failure(RedisRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  @Test
  void aServerThatAnAuthorityVouchesForIsReadAndTellsOfChanges() {
    good.commands().sadd(key, "10.0.0.1:80");
    try (Refresher refresher = builder(tls(good)).authorities(authority).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      good.commands().sadd(key, "10.0.0.2:80");

      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
    }
  }

  @Test
  void aCertificateForAnotherHostIsAFailure() {
    assertThat(failure(builder(tls(ofAnotherHost)).authorities(authority)))
        .startsWith("%s, key %s: no TLS with it: ".formatted(tls(ofAnotherHost), key))
        .contains("No subject alternative names matching IP address 127.0.0.1 found");
  }

  @Test
  void aCertificateThatNobodyVouchesForIsAFailure() {
    assertThat(failure(builder(tls(good))))
        .contains("unable to find valid certification path to requested target");
  }

  @Test
  void aServerThatSpeaksNoTlsIsAFailure() {
    URI plain = URI.create("rediss://127.0.0.1:" + good.uri().getPort());

    assertThat(failure(builder(plain).timeout(Duration.ofSeconds(1))))
        .startsWith("%s, key %s: no TLS with it: ".formatted(plain, key));
  }

  @Test
  void aServerThatWantsTlsIsAFailureWithoutIt() {
    URI plain = URI.create("redis://127.0.0.1:" + tls(good).getPort());

    assertThat(failure(builder(plain).timeout(Duration.ofSeconds(1))))
        .startsWith("%s, key %s: ".formatted(plain, key));
  }

  @Test
  void authoritiesAreNotForAServerWithoutTls() {
    assertThatThrownBy(() -> builder(good.uri()).authorities(authority))
        .isInstanceOf(SettingsException.class)
        .hasMessage(good.uri() + " is without TLS (expected: rediss://)");
  }

  @Test
  void anAuthorityThatIsReplacedIsTrusted(@TempDir Path home) throws Exception {
    X509Bundle renewed =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=renewed")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path pem = Files.writeString(home.resolve("ca.pem"), renewed.getCertificatePEM());
    good.commands().sadd(key, "10.0.0.1:80");
    try (Refresher refresher = builder(tls(good)).authorities(pem).build();
        Registrar registrar = RedisRegistrar.builder(tls(good), key).authorities(pem).build()) {
      refresher.start(listener);
      CompletableFuture<Void> stands = registrar.register(Target.of("10.0.0.9", 80));
      listener.awaitFailures(1);
      assertThat(stands).isNotDone();

      Files.copy(authority, pem, StandardCopyOption.REPLACE_EXISTING);

      listener.awaitTargets("10.0.0.1:80");
      stands.get(30, SECONDS);
    }
  }
}
