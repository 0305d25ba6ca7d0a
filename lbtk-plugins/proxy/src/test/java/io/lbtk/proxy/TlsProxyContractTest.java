package io.lbtk.proxy;

import io.lbtk.api.Proxy;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.net.ListenAddress;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of proxies, for TLS: what the proxy under test speaks with its clients, a second one
 * speaks with its target, so that the clients and backends of the contract need none.
 */
class TlsProxyContractTest extends TcpProxyContractTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private static Path folder;

  private static TlsSettings withClients;
  private static TlsSettings withTargets;

  @BeforeAll
  static void issue() {
    Pki pki = new Pki(folder, "authority");
    X509Bundle bundle = pki.issue("127.0.0.1");
    withClients =
        TlsSettings.builder()
            .certificate(pki.certificate("chain.pem", bundle))
            .key(pki.key("key.pem", bundle))
            .handshakeTimeout(LONG)
            .build();
    withTargets = TlsSettings.builder().targets(true).targetCa(pki.authority()).build();
  }

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio().name("tested").tls(withClients);
  }

  @Override
  protected Proxy newProxy(InetSocketAddress listen, TokenSource tokens, Limits limits) {
    Proxy tested = super.newProxy(new InetSocketAddress(listen.getAddress(), 0), tokens, limits);
    FakeTokenSource one = new FakeTokenSource();
    TcpProxy before =
        TcpProxy.nio()
            .name("before")
            .listen(new ListenAddress(listen.getAddress().getHostAddress(), listen.getPort()))
            .tls(withTargets)
            .tokens(one)
            .loops(1)
            .attempts(1)
            .connectTimeout(LONG)
            .idleTimeout(LONG)
            .finTimeout(LONG)
            .build();
    return new Pair(before, tested, one);
  }

  private record Pair(TcpProxy before, Proxy tested, FakeTokenSource one) implements Proxy {

    @Override
    public void start() {
      tested.start();
      one.always(Target.of("127.0.0.1", ((InetSocketAddress) tested.address()).getPort()));
      before.start();
    }

    @Override
    public SocketAddress address() {
      return before.address();
    }

    @Override
    public CompletableFuture<@Nullable Void> drain(Duration timeout) {
      return CompletableFuture.allOf(before.drain(timeout), tested.drain(timeout));
    }

    @Override
    public void close() {
      tested.close();
      before.close();
    }
  }
}
