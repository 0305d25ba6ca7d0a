package io.lbtk.netty.proxy;

import io.lbtk.api.Target;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of targets. Addresses are read as they are; names are asked for by DNS on the
 * loop itself, which never blocks, and kept for their time to live. Thread-safe.
 */
final class TargetResolver implements AutoCloseable {

  /** A name that is unknown is asked for again after this, not for each connection. */
  private static final int UNKNOWN_SECONDS = 1;

  private final @Nullable DnsServerAddressStreamProvider servers;
  private @Nullable DnsAddressResolverGroup names;
  private boolean closed;

  /**
   * A resolver that has asked for nothing yet.
   *
   * @param servers whom to ask; null for those of the system
   */
  TargetResolver(@Nullable DnsServerAddressStreamProvider servers) {
    this.servers = servers;
  }

  /** The address of a target whose host is one; null if it is a name. */
  static @Nullable InetSocketAddress literal(Target target) {
    String host = target.host();
    try {
      byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
      if (address == null) {
        return null;
      }
      boolean scoped = host.indexOf('%') >= 0;
      return new InetSocketAddress(
          scoped ? InetAddress.getByName(host) : InetAddress.getByAddress(address), target.port());
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /**
   * The addresses of a name.
   *
   * @param loop asks, and completes the future
   */
  Future<List<InetSocketAddress>> resolve(Target target, EventLoop loop) {
    try {
      return names()
          .getResolver(loop)
          .resolveAll(InetSocketAddress.createUnresolved(target.host(), target.port()));
    } catch (RuntimeException e) {
      return loop.newFailedFuture(e);
    }
  }

  private synchronized DnsAddressResolverGroup names() {
    if (closed) {
      throw new IllegalStateException("the proxy is closed");
    }
    if (names == null) {
      DnsNameResolverBuilder builder =
          new DnsNameResolverBuilder()
              .datagramChannelFactory(NioDatagramChannel::new)
              .negativeTtl(UNKNOWN_SECONDS);
      names =
          new DnsAddressResolverGroup(
              servers == null ? builder : builder.nameServerProvider(servers));
    }
    return names;
  }

  /** Ends the queries. A second call does nothing. */
  @Override
  public synchronized void close() {
    closed = true;
    if (names != null) {
      names.close();
      names = null;
    }
  }
}
