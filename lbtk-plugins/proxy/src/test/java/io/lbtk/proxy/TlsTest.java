package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.net.NoLeaks;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of TLS have in common: an authority, tokens, and what is closed at the end. */
@ExtendWith(NoLeaks.class)
abstract class TlsTest {

  static final int TIMEOUT_MILLIS = 30_000;

  @TempDir Path folder;
  Pki pki;
  final FakeTokenSource tokens = new FakeTokenSource();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  @BeforeEach
  final void newAuthority() {
    pki = new Pki(folder, "authority");
  }

  @AfterEach
  final void nothingIsLeft() throws Exception {
    for (AutoCloseable one : open) {
      if (one instanceof Backend backend) {
        backend.check();
      }
    }
    while (!open.isEmpty()) {
      open.pop().close();
    }
    assertThat(tokens.live()).as("tokens not released").isZero();
    assertThat(tokens.waiting()).as("demands that wait").isZero();
    assertThat(tokens.repeatedReleases()).as("tokens released twice").isZero();
  }

  final <T extends AutoCloseable> T open(T closeable) {
    open.push(closeable);
    return closeable;
  }

  /** TLS with clients, by a certificate for localhost. */
  final TlsSettings.Builder withClients() {
    X509Bundle bundle = pki.issue("localhost", "127.0.0.1");
    return TlsSettings.builder()
        .certificate(pki.certificate("chain.pem", bundle))
        .key(pki.key("key.pem", bundle));
  }

  /** TLS with targets that the authority has signed. */
  final TlsSettings.Builder withTargets() {
    return TlsSettings.builder().targets(true).targetCa(pki.authority());
  }

  final TcpProxy.Builder builder(TlsSettings.Builder tls) {
    return TcpProxy.nio()
        .listen("127.0.0.1:0")
        .tokens(tokens)
        .loops(1)
        .idleTimeout(Duration.ofMinutes(5))
        .finTimeout(Duration.ofMinutes(5))
        .tls(tls.build());
  }

  final TcpProxy start(TcpProxy.Builder builder) {
    TcpProxy proxy = open(builder.build());
    proxy.start();
    return proxy;
  }

  /** A connection without TLS. */
  final Socket connect(TcpProxy proxy) throws IOException {
    Socket socket = open(new Socket(proxy.address().getAddress(), proxy.address().getPort()));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** A client that has not shaken hands yet. */
  final SSLSocket client(TcpProxy proxy, SSLContext context, String... protocols)
      throws IOException {
    return client(connect(proxy), context, protocols);
  }

  final SSLSocket client(Socket connected, SSLContext context, String... protocols)
      throws IOException {
    SSLSocket socket =
        open(
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(connected, "localhost", connected.getPort(), true));
    socket.setUseClientMode(true);
    var parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    return socket;
  }

  /** The server's side of TLS on a connection that a backend has accepted. */
  static SSLSocket serve(Socket accepted, SSLContext context) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(accepted, "client", accepted.getPort(), true);
    socket.setUseClientMode(false);
    return socket;
  }

  /** Waits until the proxy has no connection; then none of them has taken a token that it kept. */
  static void awaitNoConnection(TcpProxy proxy) {
    await().atMost(Duration.ofSeconds(30)).until(() -> proxy.connections() == 0);
  }
}
