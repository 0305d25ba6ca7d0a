package io.lbtk.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.TokenSource;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.NoLeaks;
import io.lbtk.testkit.ProxyContract;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract of proxies; a subclass for each engine. */
@ExtendWith(NoLeaks.class)
abstract class TcpProxyContractTest extends ProxyContract {

  /** A builder for the engine under test. */
  abstract TcpProxy.Builder newBuilder();

  @Override
  protected Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits) {
    return newBuilder()
        .listen(new ListenAddress(listen.getAddress().getHostAddress(), listen.getPort()))
        .tokens(tokens)
        .loops(2)
        .connectTimeout(limits.connectTimeout())
        .tokenTimeout(limits.tokenTimeout())
        .idleTimeout(limits.idleTimeout())
        .finTimeout(limits.finTimeout())
        .build();
  }
}
