package example;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.core.Generator;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * An application that balances its own connections: it takes a token, connects to its target, and
 * says how that went.
 */
public final class BalanceInside {

  private BalanceInside() {}

  /** Says hello to the echo servers given, six times in all, each time to the next. */
  public static void main(String[] args) {
    sayHello(args, System.out);
  }

  static void sayHello(String[] targets, PrintStream out) {
    try (Generator generator =
        Generator.builder()
            .refresher(StaticRefresher.of(targets))
            .policy(RoundRobin.create())
            .build()) {
      for (int i = 0; i < 6; i++) {
        Token token = generator.take(Demand.any()).join();
        out.println(token.target().hostPort() + " " + use(token));
      }
    }
  }

  private static String use(Token token) {
    Target target = token.target();
    try (Socket socket = new Socket(target.host(), target.port())) {
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes();
      token.release(Outcome.closed().withBytes(5, answer.length));
      return new String(answer, StandardCharsets.UTF_8);
    } catch (ConnectException e) {
      token.release(Outcome.refused());
      return "refused";
    } catch (IOException e) {
      token.release(Outcome.reset());
      return "broke: " + e.getMessage();
    }
  }
}
