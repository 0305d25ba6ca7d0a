package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Target;
import io.lbtk.proxy.header.HeaderBytes;
import io.lbtk.proxy.header.ProxyProtocol;
import io.lbtk.proxy.limits.CidrBlock;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.testkit.Backend;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Headers of the PROXY protocol from HAProxy, and to it. The client has an address of its own,
 * 127.0.0.2.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class HaproxyTest {

  private static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

  /** HAProxy answers with whom it takes the client for. */
  private static final String TELL =
      "mode http\nhttp-request return status 200 content-type text/plain"
          + " lf-string \"%[src] %[src_port] to %[dst] %[dst_port]\"\n";

  @TempDir private Path folder;

  private final FakeTokenSource tokens = new FakeTokenSource();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    assertThat(tokens.live()).as("tokens not released").isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "nio, send-proxy",
    "nio, send-proxy-v2",
    "nio, send-proxy-v2 proxy-v2-options unique-id",
    "nio, send-proxy-v2 proxy-v2-options crc32c",
    "splice, send-proxy",
    "splice, send-proxy-v2",
    "splice, send-proxy-v2 proxy-v2-options unique-id",
    "splice, send-proxy-v2 proxy-v2-options crc32c"
  })
  void aClientOfHaproxyIsTheClientHere(String engine, String option) throws Exception {
    BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
    Backend target =
        open(
            new Backend(
                socket -> {
                  byte[] all = socket.getInputStream().readAllBytes();
                  // HAProxy may have handed on that somebody only looked whether it listens.
                  if (new String(all, US_ASCII).contains("hello")) {
                    received.add(all);
                  }
                }));
    tokens.always(target.target());
    TcpProxy proxy =
        start(
            builder(engine)
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.1")))
                .key(DemandKey.CLIENT_ADDRESS)
                .proxyProtocol(ProxyProtocol.V1));
    Haproxy haproxy = haproxyBefore(proxy, option);
    Socket client = connect(haproxy.address());

    client.getOutputStream().write("hello".getBytes(US_ASCII));
    client.shutdownOutput();

    assertThat(received.poll(30, TimeUnit.SECONDS))
        .asString(US_ASCII)
        .isEqualTo(
            "PROXY TCP4 127.0.0.2 127.0.0.1 %d %d\r\nhello"
                .formatted(client.getLocalPort(), haproxy.address().getPort()));
    assertThat(tokens.demands()).anyMatch(demand -> demand.key().orElse("").equals("127.0.0.2"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nio", "splice"})
  void aHealthCheckOfHaproxyStandsForItself(String engine) throws Exception {
    Backend target = open(Backend.silent());
    tokens.always(target.target());
    TcpProxy proxy =
        start(
            builder(engine)
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.1")))
                .key(DemandKey.CLIENT_ADDRESS));

    haproxyBefore(proxy, "send-proxy-v2 check check-send-proxy inter 100ms source 127.0.0.1");

    await().atMost(Duration.ofSeconds(30)).until(() -> tokens.demands().size() > 2);
    assertThat(tokens.demands()).allMatch(demand -> demand.key().orElse("").equals("127.0.0.1"));
  }

  private Haproxy haproxyBefore(TcpProxy proxy, String option) {
    String server =
        "mode tcp\nserver proxy 127.0.0.1:%d %s\n".formatted(proxy.address().getPort(), option);
    return open(new Haproxy(folder, "", server));
  }

  @ParameterizedTest
  @CsvSource({"nio, V1", "nio, V2", "splice, V1", "splice, V2"})
  void aClientHereIsTheClientOfHaproxy(String engine, ProxyProtocol version) throws Exception {
    Haproxy haproxy = open(new Haproxy(folder, "accept-proxy", TELL));
    tokens.always(target(haproxy));
    TcpProxy proxy =
        start(
            builder(engine)
                .proxyProtocol(version)
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.1"))));

    Socket client = connect(proxy.address());
    assertThat(ask(client, REQUEST.getBytes(US_ASCII)))
        .endsWith(
            "127.0.0.2 %d to 127.0.0.1 %d"
                .formatted(client.getLocalPort(), proxy.address().getPort()));
  }

  @ParameterizedTest
  @CsvSource({"nio, V1", "nio, V2", "splice, V1", "splice, V2"})
  void aClientOfIpV6IsHandedOnToHaproxy(String engine, ProxyProtocol version) throws Exception {
    Haproxy haproxy = open(new Haproxy(folder, "accept-proxy", TELL));
    tokens.always(target(haproxy));
    TcpProxy proxy =
        start(
            builder(engine)
                .proxyProtocol(version)
                .acceptProxyFrom(List.of(CidrBlock.parse("127.0.0.2"))));
    byte[] header = HeaderBytes.of(version, "2001:db8::1", 56324, "2001:db8::11", 443);

    Socket client = connect(proxy.address());
    assertThat(ask(client, HeaderBytes.join(header, REQUEST.getBytes(US_ASCII))))
        .endsWith("2001:db8::1 56324 to 2001:db8::11 443");
  }

  private static Target target(Haproxy haproxy) {
    return Target.of("127.0.0.1", haproxy.address().getPort());
  }

  private static TcpProxy.Builder newBuilder(String engine) {
    if (engine.equals("nio")) {
      return TcpProxy.nio();
    }
    assumeTrue(Epoll.isAvailable(), "there is no splice here");
    return TcpProxy.splice();
  }

  private TcpProxy.Builder builder(String engine) {
    return newBuilder(engine).listen("127.0.0.1:0").tokens(tokens).loops(2);
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

  private Socket connect(InetSocketAddress address) throws IOException {
    Socket client = open(new Socket());
    client.setSoTimeout(30_000);
    client.bind(new InetSocketAddress("127.0.0.2", 0));
    client.connect(address);
    return client;
  }

  private static String ask(Socket client, byte[] question) throws IOException {
    client.getOutputStream().write(question);
    return new String(client.getInputStream().readAllBytes(), US_ASCII);
  }
}
