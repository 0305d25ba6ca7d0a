package io.lbtk.etcd;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.RecordingListener;
import io.lbtk.testkit.servers.InstalledProgram;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in TLS, whose certificate is for one name of its host alone. */
class EtcdTlsTest {

  @TempDir private static Path folder;
  private static X509Bundle authority;
  private static Path ca;
  private static TestEtcd etcd;

  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startEtcd() throws Exception {
    authority = authority("ca");
    ca = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
    X509Bundle server =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=etcd")
            .addSanDnsName("localhost")
            .buildIssuedBy(authority);
    etcd =
        TestEtcd.startInTls(
            folder,
            Files.writeString(folder.resolve("cert.pem"), server.getCertificatePathPEM()),
            Files.writeString(folder.resolve("key.pem"), server.getPrivateKeyPEM()));
    Etcdctl.run(endpoint(), "--cacert=" + ca, "put", "/web/a", "10.0.0.1:80");
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  private static String endpoint() {
    return "https://localhost:" + etcd.server().address().getPort();
  }

  private static EtcdRefresher.Builder of(String endpoint) {
    return EtcdRefresher.builder(List.of(endpoint), "/web/").timeout(Duration.ofSeconds(10));
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
  void aServerOfAnAuthorityThatIsTrustedIsReadAndWatched() {
    try (Refresher refresher = of(endpoint()).authorities(ca).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      Etcdctl.run(endpoint(), "--cacert=" + ca, "put", "/web/b", "10.0.0.2:80");
      listener.awaitTargets("10.0.0.1:80", "10.0.0.2:80");
      Etcdctl.run(endpoint(), "--cacert=" + ca, "del", "/web/b");

      listener.awaitTargets("10.0.0.1:80");
    }
  }

  @Test
  void aCertificateForAnotherHostIsAFailureThatSaysSo() {
    String other = "https://127.0.0.1:" + etcd.server().address().getPort();

    assertThat(failure(of(other).authorities(ca)))
        .startsWith("/web/ at " + other + ": no TLS with it: ")
        .contains("127.0.0.1");
  }

  @Test
  void anAuthorityThatIsNotTrustedIsAFailure() throws Exception {
    Path other =
        Files.writeString(folder.resolve("other.pem"), authority("other").getCertificatePEM());

    assertThat(failure(of(endpoint()).authorities(other)))
        .startsWith("/web/ at " + endpoint() + ": no TLS with it: ");
  }

  @Test
  void theAuthoritiesOfTheJdkDoNotVouchForIt() {
    assertThat(failure(of(endpoint()))).startsWith("/web/ at " + endpoint() + ": no TLS with it: ");
  }

  @Test
  void speakingToItWithoutTlsIsAFailure() {
    String plain = "http://localhost:" + etcd.server().address().getPort();

    assertThat(failure(of(plain))).startsWith("/web/ at " + plain + ": ");
  }

  @Test
  void speakingTlsToOneThatDoesNotIsAFailure(@TempDir Path other) {
    InstalledProgram.required("etcd");
    try (TestEtcd plain = TestEtcd.start(other)) {
      String endpoint = "https://127.0.0.1:" + plain.server().address().getPort();

      assertThat(failure(of(endpoint).authorities(ca)))
          .startsWith("/web/ at " + endpoint + ": ")
          .containsAnyOf("TLS", "reset")
          .doesNotContain("Pipeline");
    }
  }

  @Test
  void oneThatResetsTheConnectionInTheHandshakeIsAFailureThatSaysSo() throws Exception {
    try (Backend resetting = new Backend(EtcdTlsTest::readAndReset)) {
      String endpoint = "https://127.0.0.1:" + resetting.target().port();

      assertThat(failure(of(endpoint).authorities(ca)))
          .startsWith("/web/ at " + endpoint + ": ")
          .contains("reset");
    }
  }

  private static void readAndReset(Socket socket) throws IOException {
    socket.getInputStream().read();
    socket.setSoLinger(true, 0);
  }

  @Test
  void oneThatEndsTheConnectionInTheHandshakeIsAFailureThatSaysSo() throws Exception {
    try (Backend ending =
        new Backend(
            socket -> {
              socket.getInputStream().read(new byte[4096]);
            })) {
      String endpoint = "https://127.0.0.1:" + ending.target().port();

      assertThat(failure(of(endpoint).authorities(ca)))
          .startsWith("/web/ at " + endpoint + ": ")
          .contains("TLS");
    }
  }

  @Test
  void anAuthorityThatIsReplacedIsTrusted() throws Exception {
    X509Bundle renewed = authority("renewed");
    Path pem = Files.writeString(folder.resolve("current.pem"), authority.getCertificatePEM());
    try (Refresher refresher = of(endpoint()).authorities(pem).build();
        Registrar registrar =
            EtcdRegistrar.builder(List.of(endpoint()), "/web/").authorities(pem).build()) {
      refresher.start(listener);
      listener.awaitTargets("10.0.0.1:80");

      restartAsOf(renewed);
      listener.awaitFailures(1);
      Files.writeString(pem, renewed.getCertificatePEM());

      registrar.register(Target.of("10.0.0.9", 80)).get(30, SECONDS);
      listener.awaitTargets("10.0.0.1:80", "10.0.0.9:80");
      registrar.withdraw().get(30, SECONDS);
    } finally {
      restartAsOf(authority);
    }
  }

  private static void restartAsOf(X509Bundle signer) throws Exception {
    etcd.server().stop();
    X509Bundle server =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=etcd")
            .addSanDnsName("localhost")
            .buildIssuedBy(signer);
    Files.writeString(folder.resolve("cert.pem"), server.getCertificatePathPEM());
    Files.writeString(folder.resolve("key.pem"), server.getPrivateKeyPEM());
    etcd.server().start();
  }
}
