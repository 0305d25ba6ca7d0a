package example;

import io.lbtk.api.Demand;
import io.lbtk.api.Token;
import io.lbtk.core.Generator;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import io.lbtk.tokenport.TokenClient;
import io.lbtk.tokenport.TokenPort;
import java.net.URI;

/** Serves tokens for two targets, and takes four of them as another process would. */
public final class Main {

  private Main() {}

  /** Prints the four targets. */
  public static void main(String[] args) {
    try (Generator generator =
            Generator.builder()
                .refresher(StaticRefresher.of("10.0.0.1:80", "10.0.0.2:80"))
                .policy(RoundRobin.create())
                .build();
        TokenPort port = TokenPort.serve(URI.create("tcp://127.0.0.1:0"), generator);
        TokenClient tokens = TokenClient.builder(port.address().toString()).build()) {
      for (int i = 0; i < 4; i++) {
        try (Token token = tokens.take(Demand.any()).join()) {
          System.out.println(token.target());
        }
      }
    }
  }
}
