package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** The files of TLS: what is wrong with them is said at start, what changes counts from then on. */
class TlsFilesTest extends TlsTest {

  private static final Duration LOOK = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final Problems problems = new Problems();

  @Test
  void aProxyOfSettingsSpeaksTls() throws Exception {
    X509Bundle bundle = pki.issue("localhost");
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy =
        (TcpProxy)
            open(
                create(
                    new TcpProxyProvider(),
                    "tls.certificate = " + pki.certificate("chain.pem", bundle),
                    "tls.key = " + pki.key("key.pem", bundle),
                    "tls.handshake-timeout = 20s"));
    proxy.start();

    assertThat(serial(proxy)).isEqualTo(bundle.getCertificate().getSerialNumber());
  }

  @Test
  void newConnectionsGetTheCertificateThatStandsThereNow() throws Exception {
    TcpProxy proxy = startWithClock();
    X509Bundle next = pki.issue("localhost");
    SSLSocket old = client(proxy, pki.trusting());
    old.startHandshake();

    pki.certificate("chain.pem", next);
    pki.key("key.pem", next);
    clock.advance(LOOK);
    clock.advance(LOOK);

    assertThat(serial(proxy)).isEqualTo(next.getCertificate().getSerialNumber());
    old.getOutputStream().write(7);
    assertThat(old.getInputStream().read()).as("of a connection from before").isEqualTo(7);
  }

  @Test
  void aFolderMayBeReplacedByALinkAsKubernetesDoes() throws Exception {
    X509Bundle first = pki.issue("localhost");
    X509Bundle second = pki.issue("localhost");
    Files.createSymbolicLink(folder.resolve("data"), write("one", first));
    TcpProxy proxy =
        startWithClock(
            TlsSettings.builder()
                .certificate(folder.resolve("data/chain.pem"))
                .key(folder.resolve("data/key.pem")));
    assertThat(serial(proxy)).isEqualTo(first.getCertificate().getSerialNumber());

    Path link = Files.createSymbolicLink(folder.resolve("next"), write("two", second));
    Files.move(link, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    clock.advance(LOOK);
    clock.advance(LOOK);

    assertThat(serial(proxy)).isEqualTo(second.getCertificate().getSerialNumber());
  }

  private Path write(String name, X509Bundle bundle) throws IOException {
    Files.createDirectory(folder.resolve(name));
    pki.certificate(name + "/chain.pem", bundle);
    pki.key(name + "/key.pem", bundle);
    return folder.resolve(name);
  }

  @Test
  void brokenFilesLeaveTheLastGoodOnesAndAreToldOnce() throws Exception {
    TcpProxy proxy = startWithClock();
    BigInteger good = serial(proxy);
    X509Bundle next = pki.issue("localhost");
    String whole = next.getCertificatePathPEM();
    try (RecordedLog log = new RecordedLog(Class.forName("io.lbtk.net.tls.ReloadingContext"))) {
      pki.write("chain.pem", whole.substring(0, whole.length() / 2));
      for (int i = 0; i < 5; i++) {
        clock.advance(LOOK);
      }
      assertThat(serial(proxy)).isEqualTo(good);
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0))
          .startsWith("proxy.front: tls.certificate = " + folder.resolve("chain.pem"))
          .contains("cut off");

      Files.delete(folder.resolve("chain.pem"));
      for (int i = 0; i < 5; i++) {
        clock.advance(LOOK);
      }
      assertThat(serial(proxy)).isEqualTo(good);
      assertThat(log.lines()).hasSize(2);

      pki.certificate("chain.pem", next);
      pki.key("key.pem", next);
      clock.advance(LOOK);
      clock.advance(LOOK);
      assertThat(serial(proxy)).isEqualTo(next.getCertificate().getSerialNumber());
      assertThat(log.lines()).hasSize(2);
    }
  }

  @Test
  void aCertificateThatIsThereBeforeItsKeyIsNotTakenForWrongAtOnce() throws Exception {
    TcpProxy proxy = startWithClock();
    X509Bundle next = pki.issue("localhost");
    try (RecordedLog log = new RecordedLog(Class.forName("io.lbtk.net.tls.ReloadingContext"))) {
      pki.certificate("chain.pem", next);
      clock.advance(LOOK);
      pki.key("key.pem", next);
      clock.advance(LOOK);
      clock.advance(LOOK);

      assertThat(serial(proxy)).isEqualTo(next.getCertificate().getSerialNumber());
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void otherAuthoritiesCountForNewClients() throws Exception {
    Pki other = new Pki(folder, "other");
    Path authorities = pki.write("clients.pem", Files.readString(other.authority()));
    TcpProxy proxy = startWithClock(withClients().clientCa(authorities));
    SSLSocket early = client(proxy, pki.showing(pki.issue("somebody")), "TLSv1.2");
    assertThatThrownBy(early::startHandshake).isInstanceOf(IOException.class);

    pki.write("clients.pem", Files.readString(pki.authority()));
    clock.advance(LOOK);
    clock.advance(LOOK);

    client(proxy, pki.showing(pki.issue("somebody")), "TLSv1.2").startHandshake();
  }

  @Test
  void nobodyLooksAfterTheProxyIsClosed() throws Exception {
    TcpProxy proxy = startWithClock();
    assertThat(clock.pending()).isOne();

    proxy.close();

    assertThat(clock.pending()).isZero();
  }

  @Test
  void withoutASchedulerItLooksByItself() throws Exception {
    TcpProxy proxy = start(builder(withClients()));
    tokens.always(open(new EchoBackend()).target());
    X509Bundle next = pki.issue("localhost");

    pki.certificate("chain.pem", next);
    pki.key("key.pem", next);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> serial(proxy).equals(next.getCertificate().getSerialNumber()));
  }

  @Test
  void oneOfAPairIsNotEnough() {
    Path file = folder.resolve("any.pem");

    assertThat(problemsOf("tls.certificate = " + file))
        .containsExactly(
            "proxy.front: tls.certificate = %s: stands alone (expected: tls.key, too)"
                .formatted(file));
    assertThat(
            problemsOf(
                "tls.client-ca = " + file,
                "tls.target-ca = " + file,
                "tls.target-key = " + file,
                "tls.target-name = service.test"))
        .hasSize(4)
        .anyMatch(text -> text.contains("tls.client-ca") && text.contains("tls.certificate"))
        .anyMatch(text -> text.contains("tls.target-ca") && text.contains("tls.targets = on"))
        .anyMatch(text -> text.contains("tls.target-name = service.test"))
        .anyMatch(
            text -> text.contains("tls.target-key") && text.contains("tls.target-certificate"));
  }

  @Test
  void everyWrongFileIsNamedAtOnce() {
    Path missing = folder.resolve("missing.pem");
    Path empty = pki.write("empty.pem", "# nothing\n");
    X509Bundle bundle = pki.issue("localhost");

    assertThat(
            problemsOf(
                "tls.certificate = " + missing,
                "tls.key = " + pki.certificate("chain.pem", bundle),
                "tls.client-ca = " + empty,
                "tls.targets = on",
                "tls.target-ca = " + folder,
                "tls.target-key = " + missing))
        .hasSize(5)
        .anyMatch(text -> text.contains("tls.target-key") && text.contains("stands alone"))
        .allMatch(text -> text.startsWith("proxy.front: tls."))
        .anyMatch(text -> text.contains("tls.certificate = " + missing + ": no such file"))
        .anyMatch(text -> text.contains("tls.key = ") && text.contains("no private key"))
        .anyMatch(text -> text.contains("tls.client-ca = " + empty + ": holds no certificate"))
        .anyMatch(text -> text.contains("tls.target-ca = " + folder + ": cannot be read"));
  }

  @Test
  void aKeyOfAnotherCertificateIsNamed() {
    Path certificate = pki.certificate("chain.pem", pki.issue("localhost"));
    Path key = pki.key("key.pem", pki.issue("localhost"));

    assertThat(problemsOf("tls.certificate = " + certificate, "tls.key = " + key))
        .containsExactly(
            "proxy.front: tls.key = %s: is not the key of the first certificate in tls.certificate = %s"
                .formatted(key, certificate));
  }

  @Test
  void keysThatCannotBeReadSayHowTheyCould() {
    Path certificate = pki.certificate("chain.pem", pki.issue("localhost"));
    Path old =
        pki.write(
            "old.pem", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    Path locked =
        pki.write(
            "locked.pem",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    Path broken =
        pki.write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");

    assertThat(problemsOf("tls.certificate = " + certificate, "tls.key = " + old))
        .singleElement()
        .asString()
        .contains("openssl pkcs8 -topk8 -nocrypt");
    assertThat(problemsOf("tls.certificate = " + certificate, "tls.key = " + locked))
        .singleElement()
        .asString()
        .contains("without a passphrase");
    assertThat(problemsOf("tls.certificate = " + certificate, "tls.key = " + broken))
        .singleElement()
        .asString()
        .contains("broken private key");
  }

  @Test
  void oneFileMayHoldTheCertificateAndItsKey() throws Exception {
    X509Bundle bundle = pki.issue("localhost");
    Path both = pki.write("both.pem", bundle.getPrivateKeyPEM() + bundle.getCertificatePathPEM());

    TcpProxy proxy = startWithClock(TlsSettings.builder().certificate(both).key(both));

    assertThat(serial(proxy)).isEqualTo(bundle.getCertificate().getSerialNumber());
  }

  @Test
  void anExpiredCertificateIsAWarning() throws Exception {
    X509Bundle old = pki.issue(Instant.now().minus(Duration.ofDays(1)), "localhost");
    TlsSettings tls =
        TlsSettings.builder()
            .certificate(pki.certificate("chain.pem", old))
            .key(pki.key("key.pem", old))
            .build();
    try (RecordedLog log = new RecordedLog(Class.forName("io.lbtk.net.tls.ReloadingContext"))) {
      TcpProxy.nio()
          .name("proxy.front")
          .listen("127.0.0.1:0")
          .tokens(tokens)
          .tls(tls)
          .build()
          .close();

      assertThat(log.lines()).singleElement().asString().contains("chain.pem", "has expired at");
    }
  }

  @Test
  void spliceHasNoSuchOptions() {
    bind(new TcpSpliceProxyProvider(), "tls.certificate = chain.pem");

    assertThat(problems.list())
        .singleElement()
        .asString()
        .contains("unknown option \"tls.certificate\"");
  }

  private List<String> problemsOf(String... lines) {
    try {
      create(new TcpNioProxyProvider(), lines).close();
    } catch (SettingsException e) {
      return e.problems();
    }
    throw new AssertionError("no problem");
  }

  private Proxy create(ProxyProvider provider, String... lines) {
    Settings settings = bind(provider, lines);
    problems.throwIfAny();
    return provider.create(
        settings, new TestContext("proxy.front", clock).withTokenSource("main", () -> tokens));
  }

  private Settings bind(ProxyProvider provider, String... lines) {
    List<Entry> entries = new ArrayList<>();
    List<String> all = new ArrayList<>(List.of("listen = 127.0.0.1:0", "tokens = main"));
    all.addAll(List.of(lines));
    for (String line : all) {
      String[] words = line.split(" = ", 2);
      entries.add(
          new Entry("a.properties", entries.size() + 1, "proxy.front." + words[0], words[1]));
    }
    SettingsBinder binder = new SettingsBinder(entries, name -> null, problems);
    Settings settings = binder.sections("proxy").get(0).bind(provider.options());
    binder.finish();
    return settings;
  }

  private TcpProxy startWithClock() {
    return startWithClock(withClients());
  }

  private TcpProxy startWithClock(TlsSettings.Builder tls) {
    tokens.always(open(new EchoBackend()).target());
    return start(builder(tls.scheduler(clock)).name("proxy.front"));
  }

  /** Of the certificate that a new connection gets. */
  private BigInteger serial(TcpProxy proxy) throws IOException {
    try (SSLSocket client = client(proxy, pki.trusting())) {
      client.startHandshake();
      return ((X509Certificate) client.getSession().getPeerCertificates()[0]).getSerialNumber();
    }
  }
}
