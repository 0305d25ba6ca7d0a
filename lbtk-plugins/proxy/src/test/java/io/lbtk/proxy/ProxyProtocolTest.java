package io.lbtk.proxy;

import static io.lbtk.proxy.header.HeaderBytes.block;
import static io.lbtk.proxy.header.HeaderBytes.blockWith;
import static io.lbtk.proxy.header.HeaderBytes.join;
import static io.lbtk.proxy.header.HeaderBytes.line;
import static io.lbtk.proxy.header.HeaderBytes.value;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.net.NoLeaks;
import io.lbtk.proxy.header.HeaderBytes;
import io.lbtk.proxy.header.ProxyHeader;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.Pattern;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Headers of the PROXY protocol on connections; a subclass for each engine. */
@ExtendWith(NoLeaks.class)
abstract class ProxyProtocolTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String HEADER = "PROXY TCP4 192.0.2.1 192.0.2.11 56324 443";
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 56324);
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.11", 443);

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

  /** A builder for the engine under test. */
  abstract TcpProxy.Builder newBuilder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    assertThat(tokens.live()).as("tokens not released").isZero();
    assertThat(tokens.waiting()).as("demands that wait").isZero();
  }

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void aTargetLearnsOfTheClientBeforeTheClientSaysAnything(ProxyProtocol version) throws Exception {
    int length = new ProxyHeader(CLIENT, SERVER).encode(version).length;
    BlockingQueue<byte[]> headers = new LinkedBlockingQueue<>();
    Backend target =
        open(
            new Backend(
                socket -> {
                  byte[] start = socket.getInputStream().readNBytes(20);
                  headers.add(start);
                  int left = version == ProxyProtocol.V2 ? length - 20 : untilLineFeed(socket);
                  headers.add(socket.getInputStream().readNBytes(left));
                  socket.getOutputStream().write('!');
                }));
    tokens.always(target.target());
    TcpProxy proxy = start(builder().proxyProtocol(version));
    Socket client = connect(proxy);

    assertThat(client.getInputStream().read()).isEqualTo('!');

    byte[] start = headers.remove();
    if (version == ProxyProtocol.V2) {
      assertThat(HeaderBytes.read(join(start, headers.remove())))
          .isEqualTo(
              "127.0.0.1:%d to 127.0.0.1:%d"
                  .formatted(client.getLocalPort(), proxy.address().getPort()));
    } else {
      assertThat(start).asString(US_ASCII).isEqualTo("PROXY TCP4 127.0.0.1");
    }
    client.close();
    assertBytesUp(0);
  }

  private static int untilLineFeed(Socket socket) throws IOException {
    int next = 0;
    while (next >= 0 && next != '\n') {
      next = socket.getInputStream().read();
    }
    return 0;
  }

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void whatAClientHadSaidBeforeThereWasATargetFollowsTheHeader(ProxyProtocol version)
      throws Exception {
    Recorder target = new Recorder();
    TcpProxy proxy = start(builder().loops(1).proxyProtocol(version));
    Socket client = connect(proxy);
    new Pattern(1).writeTo(client.getOutputStream(), 5000);
    client.shutdownOutput();
    tokens.awaitWaiting(1);
    awaitThatItLookedAfterItsClients(proxy, new byte[0]);

    tokens.give(target.backend.target());

    byte[] received = target.next();
    byte[] header =
        new ProxyHeader(
                (InetSocketAddress) client.getLocalSocketAddress(),
                (InetSocketAddress) client.getRemoteSocketAddress())
            .encode(version);
    assertThat(received).isEqualTo(join(header, new Pattern(1).bytes(0, 5000)));
    assertBytesUp(5000);
  }

  /** When it has seen another client leave, it has looked after the first one, too. */
  private void awaitThatItLookedAfterItsClients(TcpProxy proxy, byte[] header) throws Exception {
    Socket leaving = connect(proxy);
    leaving.getOutputStream().write(header);
    tokens.awaitWaiting(2);
    leaving.close();
    await().until(() -> tokens.waiting() == 1);
  }

  @Test
  void aTargetThatFollowsOneThatRefusesGetsTheHeaderOnce() throws Exception {
    Recorder target = new Recorder();
    tokens.give(open(new ClosedPort()).target(), target.backend.target());
    TcpProxy proxy = start(builder().proxyProtocol(ProxyProtocol.V1).acceptProxyFrom(loopback()));

    send(proxy, join(line(HEADER), bytes("hello")));

    assertThat(target.next()).isEqualTo(join(line(HEADER), bytes("hello")));
  }

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void theAddressOfAHeaderIsThatOfTheClient(ProxyProtocol version) throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy =
        start(
            builder()
                .acceptProxyFrom(loopback())
                .key(DemandKey.CLIENT_ADDRESS)
                .proxyProtocol(ProxyProtocol.V1));

    send(proxy, HeaderBytes.of(version, "192.0.2.1", 56324, "192.0.2.11", 443), bytes("hello"));
    assertThat(target.next()).isEqualTo(join(line(HEADER), bytes("hello")));
    send(proxy, HeaderBytes.of(version, "2001:db8::1", 56324, "2001:db8::11", 443));
    assertThat(target.next()).isEqualTo(line("PROXY TCP6 2001:db8::1 2001:db8::11 56324 443"));

    assertThat(tokens.demands().get(0).key()).contains("192.0.2.1");
    assertThat(tokens.demands().get(1).key()).contains("2001:db8:0:0:0:0:0:1");
    assertBytesUp(5, 0);
  }

  @Test
  void withoutAnAddressInTheHeaderTheConnectionStandsForItself() throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy =
        start(
            builder()
                .acceptProxyFrom(loopback())
                .key(DemandKey.CLIENT_ADDRESS)
                .proxyProtocol(ProxyProtocol.V1));
    List<byte[]> headers =
        List.of(line("PROXY UNKNOWN"), block(0x20, 0x00), block(0x21, 0x00, new byte[7]));

    for (byte[] header : headers) {
      Socket client = send(proxy, join(header, bytes("hello")));
      String expected =
          "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\nhello"
              .formatted(client.getLocalPort(), proxy.address().getPort());
      assertThat(target.next()).asString(US_ASCII).isEqualTo(expected);
    }
    assertThat(tokens.demands()).allMatch(demand -> "127.0.0.1".equals(demand.key().orElse("")));
  }

  @Test
  void whatFollowsAHeaderArrivesWhole() throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy = start(builder().acceptProxyFrom(loopback()));
    byte[] values = value(0x04, new byte[65535 - 12 - 3]);
    byte[] payload = new Pattern(1).bytes(0, 1_000_000);

    send(proxy, join(line(HEADER), payload));
    assertThat(target.next()).isEqualTo(payload);
    send(proxy, join(blockWith(CLIENT, SERVER, values), payload));
    assertThat(target.next()).isEqualTo(payload);
    assertBytesUp(payload.length, payload.length);
  }

  @Test
  void whatFollowsAHeaderWaitsForATarget() throws Exception {
    Recorder target = new Recorder();
    TcpProxy proxy = start(builder().loops(1).acceptProxyFrom(loopback()));
    send(proxy, join(line(HEADER), bytes("question")));
    tokens.awaitWaiting(1);
    awaitThatItLookedAfterItsClients(proxy, line(HEADER));

    tokens.give(target.backend.target());

    assertThat(target.next()).isEqualTo(bytes("question"));
  }

  @Test
  void aHeaderMayComeByteByByte() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder().acceptProxyFrom(loopback()).key(DemandKey.CLIENT_ADDRESS));

    for (byte[] header : List.of(line(HEADER), blockWith(CLIENT, SERVER, value(4, new byte[9])))) {
      Socket client = connect(proxy);
      client.setTcpNoDelay(true);
      for (byte one : join(header, bytes("hello"))) {
        client.getOutputStream().write(one);
        client.getOutputStream().flush();
      }
      assertThat(client.getInputStream().readNBytes(5)).isEqualTo(bytes("hello"));
    }
    assertThat(tokens.demands()).allMatch(demand -> "192.0.2.1".equals(demand.key().orElse("")));
  }

  @Test
  void noTokenIsAskedForBeforeTheHeaderIsThere() throws Exception {
    tokens.always(open(new EchoBackend()).target());
    TcpProxy proxy = start(builder().loops(1).acceptProxyFrom(loopback()));
    Socket half = connect(proxy);
    half.getOutputStream().write(bytes("PROXY TCP4 "));
    Socket whole = connect(proxy);

    whole.getOutputStream().write(join(line(HEADER), bytes("a")));
    assertThat(whole.getInputStream().read()).isEqualTo('a');
    assertThat(tokens.demands()).hasSize(1);

    half.getOutputStream().write(join(line("192.0.2.1 192.0.2.11 56324 443"), bytes("b")));
    assertThat(half.getInputStream().read()).isEqualTo('b');
    assertThat(tokens.demands()).hasSize(2);
  }

  @Test
  void halfAHeaderIsWaitedForNoLongerThanIsSaid() throws Exception {
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()).headerTimeout(Duration.ofMillis(200)),
        false,
        bytes("PROXY TCP4 192.0"),
        "16 bytes",
        "200 ms");
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()).headerTimeout(Duration.ofMillis(200)),
        false,
        new byte[0],
        "0 bytes",
        "200 ms");
  }

  @Test
  void aPeerThatEndsWithinItsHeaderIsNamed() throws Exception {
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()), true, bytes("PROXY TCP4 192.0"), "16 bytes");
  }

  @Test
  void garbageInPlaceOfAHeaderIsClosedAtOnce() throws Exception {
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()), false, bytes("GET / HTTP/1.1\r\n\r\n"), "0x47");
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()), false, block(0x21, 0x41, new byte[12]), "0x41");
  }

  @Test
  void aHeaderThatIsTooLongIsClosedAtOnce() throws Exception {
    assertClosedWithOneLine(
        builder().acceptProxyFrom(loopback()),
        false,
        bytes("PROXY UNKNOWN " + "x".repeat(200)),
        "107 bytes");
  }

  private void assertClosedWithOneLine(
      TcpProxy.Builder builder, boolean ends, byte[] sent, String... words) throws Exception {
    try (RecordedLog log = new RecordedLog(TcpProxy.class);
        TcpProxy proxy = builder.name("proxy.front").build()) {
      proxy.start();
      for (int i = 0; i < 5; i++) {
        Socket client = connect(proxy);
        client.getOutputStream().write(sent);
        if (ends) {
          client.shutdownOutput();
        }
        assertThat(readToTheEnd(client)).isEmpty();
      }
      await().until(() -> proxy.connections() == 0);
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0)).contains("proxy.front", "127.0.0.1", "accept-proxy-from");
      assertThat(log.lines().get(0)).contains(words);
    }
    assertThat(tokens.demands()).isEmpty();
  }

  /** Bytes that were not read make a close a reset. */
  private static byte[] readToTheEnd(Socket client) throws IOException {
    try {
      return client.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
      return new byte[0];
    }
  }

  @Test
  void aPeerThatOnlyLooksWhetherThereIsAPortIsNotWorthALine() throws Exception {
    try (RecordedLog log = new RecordedLog(TcpProxy.class)) {
      TcpProxy proxy = start(builder().acceptProxyFrom(loopback()));

      Socket client = connect(proxy);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);

      await().until(() -> proxy.connections() == 0);
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void theBytesOfOtherPeersAreLeftAlone() throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy =
        start(
            builder()
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.2"), CidrBlock.parse("::/0")))
                .key(DemandKey.CLIENT_ADDRESS));

    send(proxy, join(line(HEADER), bytes("hello")));

    assertThat(target.next()).isEqualTo(join(line(HEADER), bytes("hello")));
    assertThat(tokens.demands().get(0).key()).contains("127.0.0.1");
  }

  @Test
  void aPeerIsKnownByItsAddress() throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy = start(builder().acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.2"))));
    Socket listed = open(new Socket());
    try {
      listed.bind(new InetSocketAddress("127.0.0.2", 0));
    } catch (IOException e) {
      assumeTrue(false, "127.0.0.2 is an address of this machine");
    }
    listed.connect(proxy.address());

    listed.getOutputStream().write(join(line(HEADER), bytes("hello")));
    listed.shutdownOutput();

    assertThat(target.next()).isEqualTo(bytes("hello"));
  }

  @Test
  void onAListenerForEveryAddressAPeerOfIpV4IsOne() throws Exception {
    Recorder target = new Recorder();
    tokens.always(target.backend.target());
    TcpProxy proxy =
        start(builder().listen("*:0").acceptProxyFrom(loopback()).proxyProtocol(ProxyProtocol.V1));
    Socket client = open(new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort()));

    client.getOutputStream().write(line("PROXY UNKNOWN"));
    client.shutdownOutput();

    assertThat(target.next())
        .asString(US_ASCII)
        .isEqualTo(
            "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\n"
                .formatted(client.getLocalPort(), proxy.address().getPort()));
  }

  @Test
  void aDrainEndsThoseThatOweAHeaderAfterItsTime() throws Exception {
    TcpProxy proxy = start(builder().acceptProxyFrom(loopback()));
    Socket client = connect(proxy);
    client.getOutputStream().write(bytes("PROXY"));
    await().until(() -> proxy.connections() == 1);

    CompletableFuture<Void> drained = proxy.drain(Duration.ZERO);

    assertThat(drained).succeedsWithin(Duration.ofSeconds(30));
    assertThat(readToTheEnd(client)).isEmpty();
  }

  /** How much the clients have sent, headers aside. */
  private void assertBytesUp(long... connections) {
    assertThat(tokens.awaitReleases(connections.length))
        .extracting(release -> release.outcome().bytesUp())
        .containsExactlyInAnyOrder(Arrays.stream(connections).boxed().toArray(Long[]::new));
  }

  private TcpProxy.Builder builder() {
    return newBuilder()
        .listen("127.0.0.1:0")
        .tokens(tokens)
        .loops(2)
        .connectTimeout(LONG)
        .attemptsTimeout(LONG)
        .tokenTimeout(LONG)
        .idleTimeout(LONG)
        .finTimeout(LONG)
        .headerTimeout(LONG);
  }

  private TcpProxy start(TcpProxy.Builder builder) {
    TcpProxy proxy = open(builder.build());
    proxy.start();
    return proxy;
  }

  private <T extends AutoCloseable> T open(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private static List<CidrBlock> loopback() {
    return List.of(CidrBlock.parse("127.0.0.0/8"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private Socket connect(TcpProxy proxy) throws IOException {
    Socket client = open(new Socket(proxy.address().getAddress(), proxy.address().getPort()));
    client.setSoTimeout(30_000);
    return client;
  }

  /** Sends these bytes, then a FIN. */
  private Socket send(TcpProxy proxy, byte[]... parts) throws IOException {
    Socket client = connect(proxy);
    for (byte[] part : parts) {
      client.getOutputStream().write(part);
    }
    client.shutdownOutput();
    return client;
  }

  /** A target that keeps what each connection brought, to its end. */
  private final class Recorder {

    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    private final Backend backend =
        open(new Backend(socket -> received.add(socket.getInputStream().readAllBytes())));

    byte[] next() throws InterruptedException {
      byte[] bytes = received.poll(30, TimeUnit.SECONDS);
      assertThat(bytes).as("what a target has got").isNotNull();
      return bytes;
    }
  }
}
