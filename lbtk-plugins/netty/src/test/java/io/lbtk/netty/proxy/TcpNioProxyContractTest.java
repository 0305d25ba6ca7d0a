package io.lbtk.netty.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.ListenAddress;
import io.lbtk.netty.NoLeaks;
import io.lbtk.testkit.ProxyContract;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class TcpNioProxyContractTest extends ProxyContract {

  @Override
  protected Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits) {
    return TcpProxy.nio()
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
