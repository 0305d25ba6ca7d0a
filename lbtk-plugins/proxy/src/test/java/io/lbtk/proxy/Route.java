package io.lbtk.proxy;

import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.net.tls.TlsSettings;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.channel.epoll.Epoll;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The ways of bytes from a client to a target: each engine, with and without limits and TLS. */
enum Route {
  SPLICE,
  SPLICE_LIMITED,
  NIO,
  NIO_LIMITED,
  /** Through two proxies that speak TLS with each other, so that the ends need none. */
  TLS;

  private static final int RATE = 512 * 1024;

  boolean isAvailable() {
    return !isSpliced() || Epoll.isAvailable();
  }

  boolean isSpliced() {
    return this == SPLICE || this == SPLICE_LIMITED;
  }

  /**
   * Starts the proxy, and for TLS the one before it.
   *
   * @param tokens of the proxy that connects to the target
   * @param settings are those of each proxy
   * @param folder for certificates
   */
  Running start(TokenSource tokens, UnaryOperator<TcpProxy.Builder> settings, Path folder) {
    TcpProxy.Builder builder = isSpliced() ? TcpProxy.splice() : TcpProxy.nio();
    if (this == SPLICE_LIMITED || this == NIO_LIMITED) {
      builder.bandwidthUp(RATE).bandwidthDown(RATE);
      builder.totalBandwidthUp(100L * RATE).totalBandwidthDown(100L * RATE);
    }
    if (this != TLS) {
      return new Running(start(settings.apply(builder), tokens), null);
    }
    Pki pki = new Pki(folder, "authority");
    X509Bundle bundle = pki.issue("127.0.0.1");
    TlsSettings withClients =
        TlsSettings.builder()
            .certificate(pki.certificate("chain.pem", bundle))
            .key(pki.key("key.pem", bundle))
            .build();
    TlsSettings withTargets = TlsSettings.builder().targets(true).targetCa(pki.authority()).build();
    TcpProxy proxy = start(settings.apply(builder).tls(withClients), tokens);
    FakeTokenSource one =
        new FakeTokenSource().always(Target.of("127.0.0.1", proxy.address().getPort()));
    return new Running(proxy, start(settings.apply(TcpProxy.nio()).tls(withTargets), one));
  }

  private static TcpProxy start(TcpProxy.Builder builder, TokenSource tokens) {
    TcpProxy proxy = builder.listen("127.0.0.1:0").tokens(tokens).build();
    proxy.start();
    return proxy;
  }

  /**
   * The running proxies of a route.
   *
   * @param proxy connects to the target
   * @param before speaks TLS with it; null if clients connect to it themselves
   */
  record Running(TcpProxy proxy, @Nullable TcpProxy before) implements AutoCloseable {

    /** Returns the address that clients connect to. */
    InetSocketAddress address() {
      return before == null ? proxy.address() : before.address();
    }

    int connections() {
      return proxy.connections() + (before == null ? 0 : before.connections());
    }

    @Override
    public void close() {
      if (before != null) {
        before.close();
      }
      proxy.close();
    }
  }
}
