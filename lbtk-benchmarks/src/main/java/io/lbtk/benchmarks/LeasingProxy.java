package io.lbtk.benchmarks;

import io.lbtk.api.Refresher;
import io.lbtk.core.Generator;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.proxy.TcpProxy;
import io.lbtk.standard.policy.RoundRobin;
import java.net.InetSocketAddress;

/** A generator of what a refresher finds, its token port, and a proxy that leases from there. */
public final class LeasingProxy implements AutoCloseable {

  private final Generator generator;
  private final TokenPort port;
  private final TcpProxy proxy;

  /**
   * Starts all of it.
   *
   * @param refresher is guarded, started and closed with this
   */
  public LeasingProxy(Refresher refresher) {
    generator =
        Generator.builder()
            .refresher(GuardedRefresher.builder(refresher).build())
            .policy(RoundRobin.create())
            .build();
    port = new TokenPort(generator);
    proxy = TcpProxy.builder().listen("127.0.0.1:0").tokens(port::connect).build();
    proxy.start();
  }

  /** Returns the address that clients connect to. */
  public InetSocketAddress address() {
    return proxy.address();
  }

  @Override
  public void close() {
    proxy.close();
    port.close();
    generator.close();
  }
}
