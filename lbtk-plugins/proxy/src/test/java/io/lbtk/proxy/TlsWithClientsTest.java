package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.Pattern;
import io.netty.channel.epoll.Epoll;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that ends at the proxy, with clients of the JDK. */
class TlsWithClientsTest extends TlsTest {

  private static final long BURST = 50_000_000;

  /** More than all buffers of the kernel between a client and the proxy. */
  private static final long MORE_THAN_BUFFERS = 32L << 20;

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theTargetGetsWhatTheClientSaysInTls(String protocol) throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting(), protocol);

    client.getOutputStream().write("hello".getBytes(US_ASCII));

    assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
    assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
    client.close();
    tokens.awaitReleases(1);
    Outcome outcome = tokens.releases().get(0).outcome();
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesUp()).as("bytes without TLS").isEqualTo(5);
  }

  @Test
  void aClientGetsWhatIsInTlsNoFasterThanItsLimit() throws Exception {
    int rate = 2 * 1024 * 1024;
    int length = rate / 2;
    tokens.always(open(Backend.sending(new Pattern(1), length)).target());
    TcpProxy proxy = start(builder(withClients()).bandwidthDown(rate));
    SSLSocket client = client(proxy, pki.trusting());

    long begin = System.nanoTime();
    assertThat(new Pattern(1).readAll(client.getInputStream())).isEqualTo(length);

    assertThat(System.nanoTime() - begin).isGreaterThan(BandwidthTest.nanos(length, rate));
  }

  @Test
  void aClientSendsWhatIsInTlsNoFasterThanItsLimit() throws Exception {
    int rate = 2 * 1024 * 1024;
    int length = rate / 2;
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()).bandwidthUp(rate));
    SSLSocket client = client(proxy, pki.trusting());

    long begin = System.nanoTime();
    CompletableFuture<Void> sending =
        CompletableFuture.runAsync(() -> sendAll(client, length), task -> new Thread(task).start());
    assertThat(new Pattern(1).readFrom(client.getInputStream(), 0, length)).isEqualTo(length);

    assertThat(System.nanoTime() - begin).isGreaterThan(BandwidthTest.nanos(length, rate));
    sending.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Test
  void noReadOfWhatIsInTlsIsWorthMuchMoreThanOthers() throws Exception {
    int rate = 64 * 1024;
    int length = rate / 2;
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()).bandwidthUp(rate));
    SSLSocket client = client(proxy, pki.trusting());

    long begin = System.nanoTime();
    for (int sent = 0; sent < length; sent += 1024) {
      client.getOutputStream().write(new byte[1024]);
    }
    client.getInputStream().readNBytes(length);

    assertThat(System.nanoTime() - begin).isGreaterThan(BandwidthTest.nanos(length, rate));
  }

  private static void sendAll(Socket client, long length) {
    try {
      new Pattern(1).writeTo(client.getOutputStream(), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void olderVersionsAreRefused() throws Exception {
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting());
    client.setEnabledProtocols(new String[] {"TLSv1.1"});

    assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);

    awaitNoConnection(proxy);
    assertThat(tokens.demands()).isEmpty();
  }

  @Test
  void aClientIsAnsweredAfterItsCloseNotify() throws Exception {
    tokens.always(
        open(new Backend(
                socket -> {
                  long received = new Pattern(1).readAll(socket.getInputStream());
                  new DataOutputStream(socket.getOutputStream()).writeLong(received);
                }))
            .target());
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting(), "TLSv1.3");

    new Pattern(1).writeTo(client.getOutputStream(), BURST);
    client.shutdownOutput();

    assertThat(new DataInputStream(client.getInputStream()).readLong()).isEqualTo(BURST);
    assertThat(client.getInputStream().read()).as("the end by close_notify").isEqualTo(-1);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void aClientCanSendAfterTheTargetHasFinished() throws Exception {
    BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    tokens.always(
        open(new Backend(
                socket -> {
                  new Pattern(1).writeTo(socket.getOutputStream(), BURST);
                  socket.shutdownOutput();
                  received.add(new Pattern(2).readAll(socket.getInputStream()));
                }))
            .target());
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting(), "TLSv1.3");

    assertThat(new Pattern(1).readAll(client.getInputStream())).isEqualTo(BURST);
    new Pattern(2).writeTo(client.getOutputStream(), 100_000);
    client.shutdownOutput();

    assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(100_000);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void anEndWithoutCloseNotifyIsAnEndAfterEveryByte(String protocol) throws Exception {
    BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    tokens.always(
        open(new Backend(socket -> received.add(new Pattern(1).readAll(socket.getInputStream()))))
            .target());
    TcpProxy proxy = start(builder(withClients()));
    Socket plain = connect(proxy);
    SSLSocket client = client(plain, pki.trusting(), protocol);

    new Pattern(1).writeTo(client.getOutputStream(), 5_000_000);
    plain.shutdownOutput();

    assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(5_000_000);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
    awaitNoConnection(proxy);
  }

  @Test
  void everyByteBeforeTheCloseNotifyOfTls12Arrives() throws Exception {
    BlockingQueue<Long> received = new LinkedBlockingQueue<>();
    tokens.always(
        open(new Backend(socket -> received.add(new Pattern(1).readAll(socket.getInputStream()))))
            .target());
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting(), "TLSv1.2");

    new Pattern(1).writeTo(client.getOutputStream(), 5_000_000);
    client.close();

    assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(5_000_000);
    awaitNoConnection(proxy);
  }

  @Test
  void aResetByTheTargetIsNoCloseNotify() throws Exception {
    tokens.always(open(Backend.resetting()).target());
    TcpProxy proxy = start(builder(withClients()));
    SSLSocket client = client(proxy, pki.trusting());

    client.getOutputStream().write(1);

    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.RESET);
  }

  @Test
  void aRecordThatIsNoneIsAReset() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));
    Socket plain = connect(proxy);
    SSLSocket client = client(plain, pki.trusting());
    client.getOutputStream().write(1);
    assertThat(client.getInputStream().read()).isEqualTo(1);

    plain.getOutputStream().write("no record at all".getBytes(US_ASCII));

    tokens.awaitReleases(1);
    assertThat(tokens.kinds()).containsExactly(Kind.RESET);
    awaitNoConnection(proxy);
  }

  @Test
  void whatComesAfterACloseNotifyIsNotRead() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    tokens.always(
        open(new Backend(
                socket -> {
                  assertThat(socket.getInputStream().readAllBytes()).hasSize(1);
                  pause(mayEnd);
                }))
            .target());
    TcpProxy proxy = start(builder(withClients()));
    HeldSocket plain = open(new HeldSocket(proxy.address()));
    SSLSocket client = client(plain, pki.trusting(), "TLSv1.3");
    client.getOutputStream().write(1);
    client.shutdownOutput();

    AtomicLong sent = new AtomicLong();
    Thread sending = new Thread(() -> sendTo(plain, sent));
    sending.start();

    AtomicLong before = new AtomicLong(-1);
    AtomicInteger same = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              long now = sent.get();
              same.set(before.getAndSet(now) == now ? same.get() + 1 : 0);
              return same.get() == 100;
            });
    assertThat(sent.get()).as("bytes that the proxy took").isLessThan(MORE_THAN_BUFFERS);
    mayEnd.countDown();
    awaitNoConnection(proxy);
    sending.join();
    assertThat(tokens.releases().get(0).outcome().bytesUp()).isOne();
  }

  private static void sendTo(Socket plain, AtomicLong sent) {
    // Records as of any application, whatever they hold.
    byte[] chunk = new byte[5 + 16 * 1024];
    chunk[0] = 23;
    chunk[1] = 3;
    chunk[2] = 3;
    chunk[3] = 64;
    try {
      while (sent.get() < MORE_THAN_BUFFERS) {
        plain.getOutputStream().write(chunk);
        sent.addAndGet(chunk.length);
      }
    } catch (IOException e) {
      // The proxy has closed the connection, as it has to in the end.
    }
  }

  private static void pause(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatAClientSaysAndEndsBeforeThereIsATokenArrives() throws Exception {
    TcpProxy proxy = start(builder(withClients()).tokenTimeout(Duration.ofMinutes(1)));
    SSLSocket client = client(proxy, pki.trusting(), "TLSv1.3");
    client.getOutputStream().write("early ".getBytes(US_ASCII));
    client.getOutputStream().write("bird".getBytes(US_ASCII));
    client.shutdownOutput();
    tokens.awaitWaiting(1);
    // When the proxy has seen this one leave, it has looked after the other, too.
    SSLSocket leaving = client(proxy, pki.trusting(), "TLSv1.3");
    leaving.startHandshake();
    tokens.awaitWaiting(2);
    leaving.close();
    await().until(() -> tokens.waiting() == 1);

    tokens.give(open(new EchoBackend()).target());

    assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("early bird");
  }

  @Test
  void aClientThatKnocksAndLeavesCostsNoToken() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));

    for (int i = 0; i < 20; i++) {
      connect(proxy).close();
    }

    awaitNoConnection(proxy);
    assertThat(tokens.demands()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "SSH-2.0-client\r\n",
        "\u0016\u0003\u0001\u0000\u0005junk!"
      })
  void aClientThatSpeaksNoTlsIsClosedAndCostsNoToken(String text) throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients()));
    Socket client = connect(proxy);

    client.getOutputStream().write(text.getBytes(ISO_8859_1));

    awaitEnd(client);
    awaitNoConnection(proxy);
    assertThat(tokens.demands()).isEmpty();
  }

  @Test
  void aHandshakeThatNeverEndsIsClosedAfterItsTimeAndCostsNoToken() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients().handshakeTimeout(Duration.ofMillis(300))));
    Socket silent = connect(proxy);
    Socket begun = connect(proxy);
    begun.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});

    awaitEnd(silent);
    awaitEnd(begun);

    awaitNoConnection(proxy);
    assertThat(tokens.demands()).isEmpty();
  }

  @Test
  void aProxyThatClosesWaitsForNoHandshake() throws Exception {
    TcpProxy proxy = start(builder(withClients()));
    Socket silent = connect(proxy);
    await().until(() -> proxy.connections() == 1);

    proxy.close();

    awaitEnd(silent);
  }

  @Test
  void aClientMustShowACertificateOfTheAuthority() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder(withClients().clientCa(pki.authority())));
    SSLSocket known = client(proxy, pki.showing(pki.issue("somebody")));
    known.getOutputStream().write(7);
    assertThat(known.getInputStream().read()).isEqualTo(7);
    assertThat(tokens.demands()).hasSize(1);

    SSLContext other = pki.showing(new Pki(folder, "other").issue("stranger"));
    for (SSLContext context : List.of(pki.trusting(), other)) {
      for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
        SSLSocket client = client(proxy, context, protocol);
        assertThatThrownBy(
                () -> {
                  client.startHandshake();
                  client.getInputStream().read();
                })
            .isInstanceOf(IOException.class);
      }
    }

    assertThat(tokens.demands()).as("demands of who is not known").hasSize(1);
  }

  @Test
  void whyHandshakesFailIsInTheLogOnce() throws Exception {
    TcpProxy proxy = start(builder(withClients().clientCa(pki.authority())).name("proxy.front"));
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      for (int i = 0; i < 3; i++) {
        SSLSocket client = client(proxy, pki.trusting(), "TLSv1.2");
        assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
      }
      awaitNoConnection(proxy);

      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).startsWith("proxy.front: TLS handshake with a client failed");
    }
  }

  @Test
  void theHeaderOfAPeerComesBeforeTls() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy =
        start(
            builder(withClients())
                .key(DemandKey.CLIENT_ADDRESS)
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.0/8"))));
    Socket plain = connect(proxy);

    plain.getOutputStream().write("PROXY TCP4 192.0.2.7 192.0.2.8 1111 443\r\n".getBytes(US_ASCII));
    SSLSocket client = client(plain, pki.trusting());
    client.getOutputStream().write(7);

    assertThat(client.getInputStream().read()).isEqualTo(7);
    assertThat(tokens.demands().get(0).key()).contains("192.0.2.7");
  }

  @Test
  void whoIsNotServedIsClosedBeforeTheHandshake() throws Exception {
    TcpProxy proxy = start(builder(withClients()).deny(List.of(CidrBlock.parse("127.0.0.0/8"))));
    SSLSocket client = client(proxy, pki.trusting());

    assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
    assertThat(client.getSession().isValid()).isFalse();
  }

  @Test
  void withoutSettingsOfItsOwnTlsGoesThroughUnread() throws Exception {
    SSLContext atTarget = pki.showing(pki.issue("localhost"));
    tokens.always(
        open(new Backend(
                socket -> {
                  SSLSocket served = serve(socket, atTarget);
                  served.getOutputStream().write(served.getInputStream().read());
                  served.close();
                }))
            .target());
    TcpProxy proxy = start(TcpProxy.nio().listen("127.0.0.1:0").tokens(tokens).loops(1));
    SSLSocket client = client(proxy, pki.trusting());

    client.getOutputStream().write(7);

    assertThat(client.getInputStream().read()).isEqualTo(7);
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void spliceSpeaksNoTls() {
    assumeTrue(Epoll.isAvailable(), "there is no splice here");
    TlsSettings tls = withClients().build();

    assertThatThrownBy(
            () -> TcpProxy.splice().listen("127.0.0.1:0").tokens(tokens).tls(tls).build())
        .hasMessageContaining("tcp-nio");
  }

  @Test
  void theBestWayThatWorksHereSpeaksTls() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TlsSettings tls = withClients().build();
    TcpProxy proxy = start(TcpProxy.builder().listen("127.0.0.1:0").tokens(tokens).tls(tls));
    SSLSocket client = client(proxy, pki.trusting());

    client.getOutputStream().write(7);

    assertThat(client.getInputStream().read()).isEqualTo(7);
  }

  /** In whatever way. */
  private static void awaitEnd(Socket client) throws IOException {
    try {
      client.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection was not ended", e);
    } catch (IOException e) {
      // By a reset.
    }
  }
}
