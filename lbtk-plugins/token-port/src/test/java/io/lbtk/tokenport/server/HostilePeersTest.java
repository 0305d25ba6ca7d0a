package io.lbtk.tokenport.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.net.NoLeaks;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
final class HostilePeersTest {

  private static final String GREETING = "ff00000000000000007f03004e554c4c" + "00".repeat(48);
  private static final String READY_DEALER =
      "041c055245414459" + "0b536f636b65742d54797065" + "00000006" + "4445414c4552";

  private final FakeTokenSource source = new FakeTokenSource();
  private final TokenPortServer port = open(Duration.ofMillis(300));

  private TokenPortServer open(Duration handshake) {
    return TokenPortServer.open(
        URI.create("tcp://127.0.0.1:0"),
        source,
        new PortOptions(Duration.ZERO, handshake, 1),
        Ticker.system());
  }

  @AfterEach
  void close() {
    port.close();
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port.address().getPort());
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** Everything until the other end closes. */
  private static byte[] rest(Socket socket) throws IOException {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException reset) {
      return new byte[0];
    }
  }

  private void assertOthersAreServed() {
    Target target = Target.of("10.0.0.1", 80);
    source.always(target);
    try (RawPeer lease = RawPeer.lease(port.address(), "honest");
        RawPeer pull = RawPeer.connect(port.address(), "PULL")) {
      lease.say("DONE " + lease.token(1)[2] + " closed");
      assertThat(pull.lines(100)).containsOnly(target.hostPort());
    }
    await().until(() -> source.live() == 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // silence
        "474554202f20485454502f312e300d0a0d0a", // GET / HTTP/1.0
        "0100", // a greeting of ZMTP 1
        "ff00000000000000017f0100", // a greeting of ZMTP 2
        "ff00000000000000007f03", // half a greeting
        "ff", // the start of one
        "0053500000500000", // nanomsg
        "16030100",
      })
  void whatSpeaksSomethingElseGetsNoTokenAndIsClosed(String said) throws IOException {
    source.always(Target.of("10.0.0.1", 80));
    try (Socket socket = connect()) {
      socket.getOutputStream().write(hex(said));
      byte[] heard = rest(socket);
      assertThat(new String(heard, US_ASCII)).doesNotContain("10.0.0.1", "HELLO");
      assertThat(heard.length).isIn(0, 64);
    }
    assertThat(source.taken()).isEmpty();
    assertOthersAreServed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02ffffffffffffffff", // a length of -1
        "028000000000000000", // a length of 2^63
        "027fffffffffffffff",
        "02000000007ffffff7", // 2^31 - 9
        "06ffffffffffffffff", // the same as commands
        "0400",
        "04ff05524541445900",
        "041a055245414459ffffffff",
        "ffff",
      })
  void hostileFramesInsteadOfTheHandshakeCostNothing(String frame) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(hex(GREETING + frame + "00".repeat(16)));
      rest(socket);
    }
    assertThat(source.taken()).isEmpty();
    assertOthersAreServed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"02ffffffffffffffff", "028000000000000000", "0101", "06ffffffffffffffff"})
  void hostileFramesOfALeasePeerEndOnlyThatPeer(String frame) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(hex(GREETING + READY_DEALER + frame));
      assertThat(new String(rest(socket), US_ASCII)).contains("ROUTER").contains("HELLO 1");
    }
    assertOthersAreServed();
  }

  @Test
  void aThousandConnectsDoNotKeepAnybodyOut() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        sockets.add(connect());
      }
      assertOthersAreServed();
      for (Socket socket : sockets) {
        try (InputStream in = socket.getInputStream()) {
          assertThat(in.read()).isEqualTo(-1);
        }
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await().until(() -> port.counters().refused.sum() == 1000);
  }

  @Test
  void ofTooManyNewConnectionsTheOldestGoes() {
    PortInitializer.PendingHandshakes connections = new PortInitializer.PendingHandshakes(2);
    List<EmbeddedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      channels.add(new EmbeddedChannel());
      connections.add(channels.get(i));
      if (i == 1) {
        connections.remove(channels.get(0));
      }
    }
    assertThat(channels).extracting(Channel::isOpen).containsExactly(true, false, true, true);
    channels.get(3).close();
    assertThat(connections.size()).isEqualTo(1);
  }

  @Test
  void aFloodOfPingsIsNotKeptInMemory() throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(hex(GREETING + READY_DEALER));
      byte[] pings = hex("040f0450494e470000" + "0011223344556677");
      byte[] many = new byte[pings.length * 1000];
      for (int i = 0; i < 1000; i++) {
        System.arraycopy(pings, 0, many, i * pings.length, pings.length);
      }
      Assertions.assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000_000; i++) {
                  socket.getOutputStream().write(many);
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertOthersAreServed();
  }

  @Test
  void aStarMeansAllAddresses() {
    PortOptions options = new PortOptions(Duration.ZERO, Duration.ofSeconds(5), 1);
    try (TokenPortServer all =
        TokenPortServer.open(URI.create("tcp://*:0"), source, options, Ticker.system())) {
      assertThat(all.address().getPort()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:70000",
        "tcp://127.0.0.1:-1",
        "tcp://:1024",
        "tcp:127.0.0.1:1024",
        "tcp://127.0.0.1:1024/path",
        "tcp://no.such.host.invalid:1024",
      })
  void aWrongAddressIsAnErrorInWords(String address) {
    Assertions.assertThatThrownBy(
            () ->
                TokenPortServer.open(
                    URI.create(address),
                    source,
                    new PortOptions(Duration.ZERO, Duration.ZERO, 1),
                    Ticker.system()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(address.replaceFirst("^tcp:(//)?", ""))
        .hasMessageContaining("expected: ");
  }

  @Test
  void aPortInUseIsAnErrorThatNamesIt() {
    Assertions.assertThatThrownBy(
            () ->
                TokenPortServer.open(
                    port.address(),
                    source,
                    new PortOptions(Duration.ZERO, Duration.ZERO, 1),
                    Ticker.system()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(port.address().getAuthority())
        .hasMessageContaining("in use");
  }
}
