package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.testkit.EchoBackend;
import io.lbtk.testkit.FakeTokenSource;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A proxy in a process of its own where Java has no IPv6. */
class WithoutIpV6Test {

  @Test
  void aTargetThatHasOnlyAnAddressOfIpV6IsRefusedAndAnotherTried() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).isEqualTo("7 " + Kind.REFUSED);
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  /** The process: one exchange, and how the first token ended. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
      FakeTokenSource tokens = new FakeTokenSource();
      try (EchoBackend echo = new EchoBackend();
          TcpProxy proxy = TcpProxy.nio().listen("127.0.0.1:0").tokens(tokens).loops(1).build()) {
        tokens.give(Target.of("::1", echo.target().port())).always(echo.target());
        proxy.start();
        try (Socket client =
            new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort())) {
          client.getOutputStream().write(7);
          int answer = client.getInputStream().read();
          tokens.awaitReleases(1);
          System.out.println(answer + " " + tokens.kinds().get(0));
        }
      }
    }
  }
}
