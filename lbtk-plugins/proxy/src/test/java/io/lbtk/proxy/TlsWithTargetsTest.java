package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.Pattern;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS from the proxy to targets of the JDK, with clients that speak none. */
class TlsWithTargetsTest extends TlsTest {

  private static final long BURST = 50_000_000;

  private final BlockingQueue<List<SNIServerName>> askedFor = new LinkedBlockingQueue<>();

  /** An echo by TLS, with this certificate. */
  private Target echo(X509Bundle bundle, String... protocols) {
    SSLContext context = pki.showing(bundle);
    return open(new Backend(
            socket -> {
              SSLSocket served = serve(socket, context);
              if (protocols.length > 0) {
                served.setEnabledProtocols(protocols);
              }
              served.startHandshake();
              askedFor.add(((ExtendedSSLSession) served.getSession()).getRequestedServerNames());
              served.getInputStream().transferTo(served.getOutputStream());
              served.close();
            }))
        .target();
  }

  private Target good() {
    return echo(pki.issue("127.0.0.1"));
  }

  private int exchange(TcpProxy proxy) throws IOException {
    Socket client = connect(proxy);
    client.getOutputStream().write(7);
    int answer = client.getInputStream().read();
    client.close();
    return answer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aTargetThatIsAnAddressIsKnownByIt(String protocol) throws Exception {
    tokens.always(echo(pki.issue("127.0.0.1"), protocol));
    TcpProxy proxy = start(builder(withTargets()));

    assertThat(exchange(proxy)).isEqualTo(7);

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
    assertThat(askedFor.poll(30, TimeUnit.SECONDS)).as("names asked for").isEmpty();
  }

  @Test
  void aTargetThatIsANameIsAskedForItAndKnownByIt() throws Exception {
    tokens.always(Target.of("localhost", echo(pki.issue("localhost")).port()));
    TcpProxy proxy = start(builder(withTargets()));

    assertThat(exchange(proxy)).isEqualTo(7);

    assertThat(askedFor.poll(30, TimeUnit.SECONDS)).containsExactly(new SNIHostName("localhost"));
  }

  @Test
  void aNameOfTheSettingsCountsForEveryTarget() throws Exception {
    tokens.always(echo(pki.issue("service.test")));
    TcpProxy proxy = start(builder(withTargets().targetName("service.test")));

    assertThat(exchange(proxy)).isEqualTo(7);

    assertThat(askedFor.poll(30, TimeUnit.SECONDS))
        .containsExactly(new SNIHostName("service.test"));
  }

  @Test
  void aTargetOfAnotherNameIsRefusedAndTheNextIsTried() throws Exception {
    isRefused(echo(pki.issue("192.0.2.1", "other.test")));
  }

  @Test
  void aTargetOfAnotherAuthorityIsRefusedAndTheNextIsTried() throws Exception {
    isRefused(echo(new Pki(folder, "other").issue("127.0.0.1")));
  }

  @Test
  void aTargetWhoseCertificateHasExpiredIsRefusedAndTheNextIsTried() throws Exception {
    isRefused(echo(pki.issue(Instant.now().minus(Duration.ofDays(1)), "127.0.0.1")));
  }

  @Test
  void aTargetThatSpeaksNoTlsIsRefusedAndTheNextIsTried() throws Exception {
    isRefused(open(new EchoBackend()).target());
  }

  @Test
  void aTargetThatEndsInTheHandshakeIsRefusedAndTheNextIsTried() throws Exception {
    isRefused(open(new Backend(socket -> socket.getInputStream().readNBytes(11))).target());
  }

  private void isRefused(Target wrong) throws IOException {
    tokens.give(wrong).always(good());
    TcpProxy proxy = start(builder(withTargets()).name("proxy.front"));
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      assertThat(exchange(proxy)).isEqualTo(7);

      tokens.awaitReleases(2);
      assertThat(tokens.kinds()).containsExactly(Kind.REFUSED, Kind.CLOSED);
      assertThat(tokens.releases().get(0).target()).isEqualTo(wrong);
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0))
          .startsWith("proxy.front: target %s: TLS handshake failed: ".formatted(wrong.hostPort()))
          .doesNotContain("null");
    }
  }

  @Test
  void theAuthoritiesOfTheJdkKnowNoneOfTheTest() throws Exception {
    tokens.always(good());
    TcpProxy proxy = start(builder(TlsSettings.builder().targets(true)).attempts(1));

    assertThat(exchange(proxy)).isEqualTo(-1);

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  @Test
  void theHandshakeHasTheTimeOfTheAttempt() throws Exception {
    tokens.give(open(Backend.silent()).target()).always(good());
    TcpProxy proxy = start(builder(withTargets()).connectTimeout(Duration.ofMillis(500)));

    assertThat(exchange(proxy)).isEqualTo(7);

    tokens.awaitReleases(2);
    assertThat(tokens.kinds()).containsExactly(Kind.TIMEOUT, Kind.CLOSED);
  }

  @Test
  void aTargetThatAsksForACertificateIsShownOne() throws Exception {
    SSLContext context = pki.showing(pki.issue("127.0.0.1"));
    tokens.always(
        open(new Backend(
                socket -> {
                  SSLSocket served = serve(socket, context);
                  served.setNeedClientAuth(true);
                  String name = served.getSession().getPeerPrincipal().getName();
                  served.getOutputStream().write(name.getBytes(US_ASCII));
                  served.close();
                }))
            .target());
    X509Bundle own = pki.issue("proxy.test");
    TcpProxy proxy =
        start(
            builder(
                withTargets()
                    .targetCertificate(pki.certificate("own.pem", own))
                    .targetKey(pki.key("own.key", own))));

    assertThat(connect(proxy).getInputStream().readAllBytes())
        .asString(US_ASCII)
        .isEqualTo("CN=proxy.test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"V1", "V2"})
  void theHeaderForTheTargetComesBeforeTls(ProxyProtocol version) throws Exception {
    SSLContext context = pki.showing(pki.issue("127.0.0.1"));
    BlockingQueue<String> headers = new LinkedBlockingQueue<>();
    tokens.always(
        open(new Backend(
                socket -> {
                  headers.add(readHeader(socket.getInputStream(), version));
                  SSLSocket served = serve(socket, context);
                  served.getInputStream().transferTo(served.getOutputStream());
                  served.close();
                }))
            .target());
    TcpProxy proxy = start(builder(withTargets()).proxyProtocol(version));

    assertThat(exchange(proxy)).isEqualTo(7);

    assertThat(headers.poll(30, TimeUnit.SECONDS)).contains("PROXY");
    tokens.awaitReleases(1);
    assertThat(tokens.releases().get(0).outcome().bytesUp()).isOne();
  }

  /** The header, whose block of version 2 is told by a word in place of its bytes. */
  private static String readHeader(InputStream in, ProxyProtocol version) throws IOException {
    if (version == ProxyProtocol.V2) {
      byte[] fixed = in.readNBytes(16);
      in.readNBytes(fixed[14] * 256 + fixed[15]);
      return fixed[12] == 0x21 ? "PROXY by block" : "none";
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(US_ASCII);
  }

  @Test
  void aTargetThatSpeaksFirstAndEndsAtOnceIsHeard() throws Exception {
    SSLContext context = pki.showing(pki.issue("127.0.0.1"));
    tokens.always(
        open(new Backend(
                socket -> {
                  SSLSocket served = serve(socket, context);
                  new Pattern(1).writeTo(served.getOutputStream(), 30_000);
                  served.close();
                }))
            .target());
    TcpProxy proxy = start(builder(withTargets()));

    for (int i = 0; i < 50; i++) {
      assertThat(new Pattern(1).readAll(connect(proxy).getInputStream())).isEqualTo(30_000);
    }
  }

  @Test
  void theEndOfAClientIsACloseNotifyThatTheTargetCanAnswer() throws Exception {
    SSLContext context = pki.showing(pki.issue("127.0.0.1"));
    tokens.always(
        open(new Backend(
                socket -> {
                  SSLSocket served = serve(socket, context);
                  served.setEnabledProtocols(new String[] {"TLSv1.3"});
                  // An end without a close_notify would throw.
                  long received = new Pattern(1).readAll(served.getInputStream());
                  new DataOutputStream(served.getOutputStream()).writeLong(received);
                  served.close();
                }))
            .target());
    TcpProxy proxy = start(builder(withTargets()));
    Socket client = connect(proxy);

    new Pattern(1).writeTo(client.getOutputStream(), BURST);
    client.shutdownOutput();

    assertThat(new DataInputStream(client.getInputStream()).readLong()).isEqualTo(BURST);
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void bothSidesCanSpeakTls() throws Exception {
    tokens.always(good());
    TcpProxy proxy = start(builder(withClients().targets(true).targetCa(pki.authority())));
    SSLSocket client = client(proxy, pki.trusting(), "TLSv1.3");

    client.getOutputStream().write(7);

    assertThat(client.getInputStream().read()).isEqualTo(7);
    client.shutdownOutput();
    assertThat(client.getInputStream().read()).isEqualTo(-1);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void whatComesWithACloseNotifyGoesBeforeIt() throws Exception {
    tokens.always(good());
    TcpProxy proxy = start(builder(withClients().targets(true).targetCa(pki.authority())));
    HeldSocket plain = open(new HeldSocket(proxy.address()));
    SSLSocket client = client(plain, pki.trusting(), "TLSv1.3");
    client.getOutputStream().write("first ".getBytes(US_ASCII));
    assertThat(client.getInputStream().readNBytes(6)).asString(US_ASCII).isEqualTo("first ");

    plain.hold();
    client.getOutputStream().write("last".getBytes(US_ASCII));
    client.shutdownOutput();
    plain.release();

    assertThat(client.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("last");
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }
}
