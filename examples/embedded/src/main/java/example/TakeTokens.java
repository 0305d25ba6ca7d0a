package example;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import io.lbtk.tokenport.TokenClient;
import java.io.PrintStream;

/**
 * Takes tokens from the generators of other processes. The second one is used while the first
 * cannot be reached.
 */
public final class TakeTokens {

  private TakeTokens() {}

  /** Prints three targets of the token ports that are given as {@code tcp://host:port}. */
  public static void main(String[] args) {
    printTargets(args, System.out);
  }

  static void printTargets(String[] ports, PrintStream out) {
    try (TokenClient tokens = TokenClient.builder(ports).build()) {
      for (int i = 0; i < 3; i++) {
        try (Token token = tokens.take(Demand.any()).join()) {
          out.println(token.target());
        }
      }
    }
  }
}
