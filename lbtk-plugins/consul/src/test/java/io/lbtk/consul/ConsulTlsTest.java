package io.lbtk.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.core.tls.Authorities;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.RecordingListener;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent in TLS, whose certificate is for one name of its host alone. Without TLS it speaks to
 * the test.
 */
class ConsulTlsTest {

  private static final Target A = Target.parse("10.0.0.1:80 weight=3");
  private static final Target B = Target.parse("10.0.0.2:80");
  private static final Target C = Target.parse("10.0.0.3:80");

  @TempDir private static Path folder;
  private static final ClosedPort port = new ClosedPort();
  private static int number;

  private static X509Bundle authority;
  private static Path ca;
  private static ConsulAgent agent;

  private final String service = "web-" + number++;
  private final RecordingListener listener = new RecordingListener();

  @BeforeAll
  static void startAgent() throws Exception {
    authority = authority("ca");
    ca = Files.writeString(folder.resolve("ca.pem"), authority.getCertificatePEM());
    certify("localhost");
    agent =
        new ConsulAgent(
            folder,
            "ports { https = %d } cert_file = \"%s\" key_file = \"%s\""
                .formatted(
                    port.target().port(), folder.resolve("cert.pem"), folder.resolve("key.pem")),
            "");
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  /** Writes the certificate with which the agent starts the next time. */
  private static void certify(String host) throws Exception {
    X509Bundle certificate =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=consul")
            .addSanDnsName(host)
            .buildIssuedBy(authority);
    Files.writeString(folder.resolve("cert.pem"), certificate.getCertificatePathPEM());
    Files.writeString(folder.resolve("key.pem"), certificate.getPrivateKeyPEM());
  }

  @AfterAll
  static void endAgent() {
    if (agent != null) {
      agent.close();
    }
    port.close();
  }

  private static URI at(String host) {
    return URI.create("https://%s:%d".formatted(host, port.target().port()));
  }

  private ConsulRefresher.Builder refresher(String host) {
    return ConsulRefresher.builder(at(host), service);
  }

  private String failure(ConsulRefresher.Builder builder) {
    try (Refresher refresher = builder.build()) {
      refresher.start(listener);
      listener.awaitFailures(1);
    }
    assertThat(listener.sets()).isZero();
    return listener.failures().get(0).message();
  }

  @Test
  void anAgentOfAnAuthorityThatIsTrustedIsRegisteredAtAndReadAndTellsChanges() throws Exception {
    // Longer than the test: what is seen is told by the agent.
    Duration never = Duration.ofHours(1);
    try (Refresher refresher = refresher("localhost").authorities(ca).interval(never).build();
        Registrar registrar =
            ConsulRegistrar.builder(at("localhost"), service).authorities(ca).build()) {
      refresher.start(listener);
      listener.awaitTargets();

      registrar.register(A).get();
      listener.awaitTargets(List.of(A));
      registrar.withdraw().get();

      listener.awaitTargets();
    }
    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void anAgentThatComesBackWithTheCertificateOfAnotherHostIsAFailureAndTheTargetsStay()
      throws Exception {
    agent.write(service, List.of(A));
    try (Refresher refresher =
        refresher("localhost").authorities(ca).interval(Duration.ofSeconds(1)).build()) {
      refresher.start(listener);
      listener.awaitTargets(List.of(A));

      restartAs("elsewhere");
      agent.write(service, List.of(B));
      await()
          .untilAsserted(
              () ->
                  assertThat(listener.failures())
                      .anySatisfy(
                          failure ->
                              assertThat(failure.message())
                                  .startsWith(at("localhost") + "/v1/health/service/" + service)
                                  .contains(": no TLS with it: ", "localhost found")));
      assertThat(listener.targets()).containsExactly(A);
      restartAs("localhost");

      listener.awaitTargets(List.of(B));
    } finally {
      certify("localhost");
    }
  }

  private static void restartAs(String host) throws Exception {
    agent.stop();
    certify(host);
    agent.start();
  }

  @Test
  void aCertificateForAnotherHostIsAFailureThatSaysSo() {
    assertThat(failure(refresher("127.0.0.1").authorities(ca)))
        .startsWith(at("127.0.0.1") + "/v1/health/service/" + service + ": no TLS with it: ")
        .contains("127.0.0.1 found");
  }

  @Test
  void anAuthorityThatIsNotTrustedIsAFailureThatSaysSo() {
    assertThat(failure(refresher("localhost")))
        .startsWith(at("localhost") + "/v1/health/service/" + service + ": no TLS with it: ")
        .contains("certification path");
  }

  @Test
  void nothingIsRegisteredAtAnAgentWithTheCertificateOfAnotherHost() {
    HttpCalls.Builder calls = HttpCalls.builder().authorities(Authorities.of(ca));
    try (ConsulEntry entry =
        new ConsulEntry(
            at("127.0.0.1"),
            calls.build(),
            Duration.ofSeconds(5),
            new ServiceDefinition(service, List.of(), Duration.ofSeconds(5)))) {
      assertThatThrownBy(() -> entry.keep(A))
          .hasMessageStartingWith(at("127.0.0.1") + "/v1/agent/service/register: no TLS with it: ")
          .hasMessageContaining("127.0.0.1 found");
    }
    assertThat(agent.get("/v1/agent/services")).doesNotContain(service);
  }

  @Test
  void anAuthorityThatIsReplacedIsTrusted() throws Exception {
    X509Bundle old = authority;
    agent.write(service, List.of(A));
    try (Refresher refresher =
            refresher("localhost").authorities(ca).interval(Duration.ofSeconds(1)).build();
        Registrar registrar =
            ConsulRegistrar.builder(at("localhost"), service)
                .authorities(ca)
                .ttl(Duration.ofSeconds(6))
                .build()) {
      registrar.register(C).get();
      refresher.start(listener);
      listener.awaitTargets(List.of(A, C));

      authority = authority("renewed");
      restartAs("localhost");
      agent.write(service, List.of(B));
      listener.awaitFailures(1);
      Files.writeString(ca, authority.getCertificatePEM());

      await().until(() -> listener.targets().containsAll(List.of(B, C)));
    } finally {
      authority = old;
      Files.writeString(ca, old.getCertificatePEM());
      restartAs("localhost");
    }
  }
}
