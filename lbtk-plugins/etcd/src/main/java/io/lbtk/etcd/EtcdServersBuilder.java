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
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Says how a cluster is connected to. */
final class EtcdServersBuilder {

  /**
   * A server that has vanished without a word, and is asked nothing, is noticed after 10 to 13
   * seconds. More often than every 10 seconds no client of gRPC looks after its connection.
   */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** No answer may be larger. */
  private static final int MAX_ANSWER = 64 << 20;

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

  /** Asks as a user, who is asked for whenever a token has to be had. */
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
    GrpcLogging.hush();
    Loop loop = new Loop();
    return new EtcdServers(
        endpoints.stream()
            .map(
                endpoint ->
                    new EtcdServer(endpoint, user, timeout, which -> connect(which, loop.group())))
            .toList(),
        loop);
  }

  private ManagedChannel connect(EtcdEndpoint endpoint, EventLoopGroup group) {
    NettyChannelBuilder channel =
        to(endpoint)
            .directExecutor()
            .eventLoopGroup(group)
            .channelFactory(EtcdServersBuilder::newSocket)
            .disableServiceConfigLookUp()
            .maxInboundMessageSize(MAX_ANSWER)
            .keepAliveTime(SILENCE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
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
   * Resets a connection to itself, which speaks no protocol but our own: see {@link
   * SelfConnection}.
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

  /** The event loop of the connections to a cluster, which has a thread from the first on. */
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

    /** Ends the loop, after what the connections have left to do. */
    @Override
    public synchronized void close() {
      if (group != null) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      }
    }
  }

  /** The resolver of gRPC refuses names with underscores, so such a name is looked up here. */
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

  /** HTTP 2 by the TLS of the JDK, which checks the name of the server. */
  private SslContext sslContext() {
    return new JdkSslContext(
        authorities == null ? trustingTheAuthoritiesOfTheJdk() : authorities.sslContext(),
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

  private static SSLContext trustingTheAuthoritiesOfTheJdk() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no TLS in this JDK", e);
    }
  }
}
