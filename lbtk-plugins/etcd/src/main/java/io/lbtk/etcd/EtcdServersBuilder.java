package io.lbtk.etcd;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.lbtk.core.net.SelfConnection;
import io.lbtk.core.net.UriAddress;
import io.lbtk.core.tls.Authorities;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Builds the client of a cluster. */
final class EtcdServersBuilder {

  /**
   * Interval of keep-alive pings: a server that has vanished is detected within 13 seconds. 10
   * seconds is the shortest interval that gRPC allows.
   */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(3);

  /** Largest answer, in bytes. */
  private static final int MAX_ANSWER = 64 << 20;

  /**
   * Loggers that would report cancelled watches, missing socket metrics, and once more the failures
   * of calls. They are kept here because the JDK drops the level of a logger that is not
   * referenced.
   */
  private static final List<Logger> NOISY_LOGGERS =
      Stream.of(
              "io.grpc.internal.AbstractClientStream",
              "io.grpc.internal.ManagedChannelImpl",
              "io.grpc.netty.TcpMetrics")
          .map(Logger::getLogger)
          .toList();

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final List<EtcdEndpoint> endpoints;
  private @Nullable Supplier<EtcdUser> user;
  private @Nullable Authorities authorities;
  private Duration timeout = EtcdOptions.TIMEOUT.defaultValue().orElseThrow();

  EtcdServersBuilder(List<EtcdEndpoint> endpoints) {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("no endpoints (expected: at least one)");
    }
    this.endpoints = List.copyOf(endpoints);
  }

  /** Sets the user to log in with; the supplier is called whenever a token is needed. */
  void user(Supplier<EtcdUser> user) {
    this.user = user;
  }

  void authorities(Authorities authorities) {
    this.authorities = authorities;
  }

  void timeout(Duration timeout) {
    this.timeout = timeout;
  }

  Duration timeout() {
    return timeout;
  }

  EtcdServers build() {
    quietGrpc();
    Loop loop = new Loop();
    return new EtcdServers(
        endpoints.stream()
            .map(
                endpoint ->
                    new EtcdServer(
                        endpoint, user, timeout, server -> connect(server, loop.group())))
            .toList(),
        loop);
  }

  /** Limits the loggers of gRPC to severe messages, unless a level is configured. */
  private static void quietGrpc() {
    for (Logger logger : NOISY_LOGGERS) {
      if (logger.getLevel() == null) {
        logger.setLevel(Level.SEVERE);
      }
    }
  }

  private ManagedChannel connect(EtcdEndpoint endpoint, EventLoopGroup group) {
    NettyChannelBuilder channel =
        to(endpoint)
            .directExecutor()
            .eventLoopGroup(group)
            .channelFactory(EtcdServersBuilder::newSocket)
            .disableServiceConfigLookUp()
            .maxInboundMessageSize(MAX_ANSWER)
            .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE));
    return endpoint.tls()
        ? channel.sslContext(sslContext()).build()
        : channel.usePlaintext().build();
  }

  private static Channel newSocket() {
    NioSocketChannel channel = new NioSocketChannel();
    channel.pipeline().addLast(new SelfConnectionGuard());
    return channel;
  }

  /**
   * Resets a connection to itself, which is not a connection to etcd: see {@link SelfConnection}.
   */
  @ChannelHandler.Sharable
  static final class SelfConnectionGuard extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel channel = ctx.channel();
      if (SelfConnection.is(channel.localAddress(), channel.remoteAddress())) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
      } else {
        ctx.fireChannelActive();
      }
    }
  }

  /** The event loop of the connections to a cluster; its thread is started with the first one. */
  static final class Loop implements AutoCloseable {

    private @Nullable EventLoopGroup group;

    synchronized EventLoopGroup group() {
      EventLoopGroup made = group;
      if (made == null) {
        made =
            new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("etcd", true), NioIoHandler.newFactory());
        group = made;
      }
      return made;
    }

    /** Shuts the loop down after the pending tasks of the connections. */
    @Override
    public synchronized void close() {
      if (group != null) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }

  /** Resolves names with underscores here, because the resolver of gRPC rejects them. */
  private static NettyChannelBuilder to(EtcdEndpoint endpoint) {
    UriAddress address = endpoint.address();
    if (address.isStandard()) {
      return NettyChannelBuilder.forTarget("dns:///" + endpoint.authority());
    }
    try {
      return NettyChannelBuilder.forTarget("dns:///" + address.resolvedAuthority())
          .overrideAuthority(endpoint.authority());
    } catch (UnknownHostException e) {
      throw Status.UNAVAILABLE
          .withDescription("unknown host " + address.host())
          .withCause(e)
          .asRuntimeException();
    }
  }

  /**
   * Returns a context for HTTP/2 over the TLS of the JDK, which verifies the name of the server.
   */
  private SslContext sslContext() {
    return new JdkSslContext(
        authorities == null ? defaultSslContext() : authorities.sslContext(),
        true,
        null,
        IdentityCipherSuiteFilter.INSTANCE,
        new ApplicationProtocolConfig(
            Protocol.ALPN,
            SelectorFailureBehavior.NO_ADVERTISE,
            SelectedListenerFailureBehavior.ACCEPT,
            ApplicationProtocolNames.HTTP_2),
        ClientAuth.NONE,
        PROTOCOLS,
        false);
  }

  private static SSLContext defaultSslContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no TLS in this JDK", e);
    }
  }
}
