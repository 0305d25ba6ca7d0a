package example;

import io.lbtk.core.Generator;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import io.lbtk.tokenport.TokenPort;
import java.net.URI;

/** Runs a generator inside an application, which serves tokens to proxies and other processes. */
public final class ServeTokens implements AutoCloseable {

  private final Generator generator;
  private final TokenPort port;

  ServeTokens(URI address, String... targets) {
    generator =
        Generator.builder()
            .refresher(StaticRefresher.of(targets))
            .policy(RoundRobin.create())
            .build();
    port = TokenPort.serve(address, generator);
  }

  /** Serves tokens for the targets that are given as {@code host:port} until the input ends. */
  public static void main(String[] args) throws Exception {
    try (ServeTokens serving = new ServeTokens(URI.create("tcp://127.0.0.1:1024"), args)) {
      System.out.println("tokens are served at " + serving.address() + "; press Enter to stop");
      System.in.read();
    }
  }

  URI address() {
    return port.address();
  }

  @Override
  public void close() {
    // The port does not close the generator that it serves.
    port.close();
    generator.close();
  }
}
