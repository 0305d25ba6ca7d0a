package example;

import io.lbtk.core.Generator;
import io.lbtk.proxy.TcpProxy;
import io.lbtk.standard.policy.RoundRobin;
import io.lbtk.standard.refresh.StaticRefresher;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Runs a proxy inside an application. */
public final class ProxyInside implements AutoCloseable {

  private final Generator generator;
  private final TcpProxy proxy;

  ProxyInside(String listen, String... targets) {
    generator =
        Generator.builder()
            .refresher(StaticRefresher.of(targets))
            .policy(RoundRobin.create())
            .build();
    proxy = TcpProxy.builder().listen(listen).tokens(generator).build();
    proxy.start();
  }

  /** Relays connections to the targets that are given as {@code host:port} until the input ends. */
  public static void main(String[] args) throws Exception {
    try (ProxyInside inside = new ProxyInside("127.0.0.1:8080", args)) {
      System.out.println("listening on " + inside.address() + "; press Enter to stop");
      System.in.read();
      inside.proxy.drain(Duration.ofSeconds(10)).join();
    }
  }

  InetSocketAddress address() {
    return proxy.address();
  }

  @Override
  public void close() {
    // The proxy does not close the token source that it takes from.
    proxy.close();
    generator.close();
  }
}
