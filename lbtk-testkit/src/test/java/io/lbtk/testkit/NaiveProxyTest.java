package io.lbtk.testkit;

import io.lbtk.api.Proxy;
import io.lbtk.api.TokenSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtendWith;

/** A right proxy passes the contract; {@link ProxyContractTest} runs it with faults. */
@ExtendWith(FaultResolver.class)
class NaiveProxyTest extends ProxyContract {

  private final NaiveProxy.Fault fault;

  NaiveProxyTest(NaiveProxy.Fault fault) {
    this.fault = fault;
  }

  @Override
  protected Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits) {
    return new NaiveProxy(listen, tokens, limits, fault);
  }

  @Override
  protected Duration timeout() {
    return switch (fault) {
      case NONE -> super.timeout();
      case CORRUPTS, LOSES_THE_TAIL, BUFFERS_WITHOUT_BOUND -> Duration.ofSeconds(10);
      default -> Duration.ofSeconds(1);
    };
  }
}
