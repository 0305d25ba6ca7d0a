package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Target;
import io.lbtk.testkit.FakeTokenSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A target that is down, at a port of those that the system gives to sockets that connect. In a
 * network of its own, which has few of them, one of the sockets is soon connected to itself.
 */
@EnabledOnOs(OS.LINUX)
class SelfConnectedTargetTest {

  private static final int FIRST_PORT = 40_000;
  private static final int LAST_PORT = 40_031;

  /** Sockets that connect get the ports of the parity of the first one. */
  private static final int TARGET_PORT = 40_016;

  private static final int PROXY_PORT = 10_000;
  private static final int CONNECTIONS = 200;

  @ParameterizedTest
  @ValueSource(strings = {"splice", "nio"})
  void itRefusesAndItsPortStaysFree(String engine) throws Exception {
    assumeTrue(run("true").waitFor() == 0, "a process can have a network of its own");
    String network =
        "ip link set lo up && echo '%d %d' > /proc/sys/net/ipv4/ip_local_port_range && "
            .formatted(FIRST_PORT, LAST_PORT);
    Process process =
        run(
            network + "exec \"$0\" \"$@\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            engine);
    try (BufferedReader out = process.inputReader(UTF_8)) {
      assertThat(out.readLine()).isEqualTo(Kind.REFUSED + " free");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static Process run(String script, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of("unshare", "-rn", "sh", "-c", script));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** The process: says how the tokens ended, and whether the port of the target is free. */
  static final class Main {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private Main() {}

    public static void main(String[] args) throws IOException {
      FakeTokenSource tokens = new FakeTokenSource();
      tokens.always(Target.of("127.0.0.1", TARGET_PORT));
      TcpProxy.Builder builder = args[0].equals("splice") ? TcpProxy.splice() : TcpProxy.nio();
      try (TcpProxy proxy =
          builder.listen("127.0.0.1:" + PROXY_PORT).tokens(tokens).loops(1).attempts(1).build()) {
        proxy.start();
        for (int i = 0; i < CONNECTIONS; i++) {
          connect();
        }
        tokens.awaitReleases(CONNECTIONS);
        Object[] kinds = tokens.kinds().stream().distinct().toArray();
        System.out.println((kinds.length == 1 ? kinds[0] : "several") + " " + port());
      }
    }

    /** Ends by a reset, so that the port of the client is free for others. */
    private static void connect() throws IOException {
      try (Socket client = new Socket()) {
        client.setReuseAddress(true);
        client.bind(new InetSocketAddress(LOOPBACK, 0));
        client.connect(new InetSocketAddress(LOOPBACK, PROXY_PORT));
        client.setSoLinger(true, 0);
        int unused = client.getInputStream().read();
      } catch (IOException e) {
        // The proxy may reset it.
      }
    }

    private static String port() {
      try (ServerSocket server = new ServerSocket()) {
        server.setReuseAddress(false);
        server.bind(new InetSocketAddress(LOOPBACK, TARGET_PORT));
        return "free";
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }
}
