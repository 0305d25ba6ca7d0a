package example;

import io.lbtk.api.Demand;
import io.lbtk.core.Connector;
import io.lbtk.core.Generator;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Balances an application's own calls over several servers. A server that refuses a connection
 * costs a retry on another one, and no call fails.
 */
public final class BalanceCalls {

  private BalanceCalls() {}

  /** Greets the echo servers that are given as {@code host:port}, six times in all. */
  public static void main(String[] args) throws IOException {
    sayHello(args, System.out);
  }

  static void sayHello(String[] targets, PrintStream out) throws IOException {
    try (Generator generator =
        Generator.builder()
            .refresher(StaticRefresher.of(targets))
            .policy(RoundRobin.create())
            .build()) {
      Connector connector = Connector.of(generator).attempts(3);
      for (int i = 0; i < 6; i++) {
        // The token of the connection is released when the socket is closed.
        try (Socket socket = connector.connect(Demand.any())) {
          out.println(socket.getPort() + " " + call(socket, "hello"));
        }
      }
    }
  }

  private static String call(Socket socket, String words) throws IOException {
    socket.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
    socket.shutdownOutput();
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
