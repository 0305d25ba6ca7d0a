package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.ClosedPort;
import io.lbtk.testkit.EchoBackend;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void callsGoToEachServerInTurn() throws Exception {
    try (EchoBackend a = new EchoBackend();
        EchoBackend b = new EchoBackend()) {
      BalanceCalls.sayHello(new String[] {a.target().hostPort(), b.target().hostPort()}, out);

      String toA = a.target().port() + " hello";
      String toB = b.target().port() + " hello";
      assertThat(lines()).containsExactly(toA, toB, toA, toB, toA, toB);
    }
  }

  @Test
  void noCallFailsWhereAServerRefuses() throws Exception {
    try (EchoBackend a = new EchoBackend();
        ClosedPort refusing = new ClosedPort()) {
      BalanceCalls.sayHello(
          new String[] {a.target().hostPort(), refusing.target().hostPort()}, out);

      assertThat(lines()).hasSize(6).containsOnly(a.target().port() + " hello");
    }
  }

  @Test
  void tokensThatAreServedCanBeTaken() {
    try (ServeTokens serving =
        new ServeTokens(URI.create("tcp://127.0.0.1:0"), "10.0.0.1:80", "10.0.0.2:80")) {
      TakeTokens.printTargets(new String[] {serving.address().toString()}, out);

      assertThat(lines()).containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.1:80");
    }
  }

  @Test
  void aProxyInsideRelaysToTheTargets() throws Exception {
    try (EchoBackend echo = new EchoBackend();
        ProxyInside inside = new ProxyInside("127.0.0.1:0", echo.target().hostPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), inside.address().getPort())) {
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();

      assertThat(client.getInputStream().readAllBytes())
          .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
    }
  }
}
