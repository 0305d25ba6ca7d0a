package io.lbtk.netty.proxy;

import io.lbtk.api.Target;
import io.lbtk.netty.LoopChannels;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of targets for one loop. Addresses are read as they are; names are asked for
 * by DNS on the loop itself, which never blocks, and kept for their time to live.
 */
final class TargetResolver implements AutoCloseable {

  /** A name that is unknown is asked for again after this, not for each connection. */
  private static final int UNKNOWN_SECONDS = 1;

  private final EventLoop loop;
  private final @Nullable DnsServerAddressStreamProvider servers;
  private @Nullable DnsAddressResolverGroup names;

  /**
   * A resolver that has asked for nothing yet.
   *
   * @param loop asks, and is the only one to call
   * @param servers whom to ask; null for those of the system
   */
  TargetResolver(EventLoop loop, @Nullable DnsServerAddressStreamProvider servers) {
    this.loop = loop;
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
   * The addresses of a name. It fails with a {@link ChannelException} if the system had no socket
   * left to ask by.
   */
  Future<List<InetSocketAddress>> resolve(Target target) {
    Promise<List<InetSocketAddress>> promise = loop.newPromise();
    DnsAddressResolverGroup asked = names();
    try {
      asked
          .getResolver(loop)
          .resolveAll(InetSocketAddress.createUnresolved(target.host(), target.port()))
          .addListener(future -> answered(asked, future, promise));
    } catch (RuntimeException e) {
      promise.setFailure(e);
    }
    return promise;
  }

  private void answered(
      DnsAddressResolverGroup asked,
      Future<? super List<InetSocketAddress>> future,
      Promise<List<InetSocketAddress>> promise) {
    Throwable cause = future.cause();
    if (cause == null) {
      @SuppressWarnings("unchecked")
      List<InetSocketAddress> found = (List<InetSocketAddress>) future.getNow();
      promise.setSuccess(found);
    } else if (cause.getCause() instanceof ChannelException noSocket) {
      forget(asked);
      promise.setFailure(noSocket);
    } else {
      promise.setFailure(cause);
    }
  }

  /** What was made without a socket never gets one: the next name is asked for by another. */
  private void forget(DnsAddressResolverGroup broken) {
    if (names == broken) {
      names = null;
      broken.close();
    }
  }

  private DnsAddressResolverGroup names() {
    if (names == null) {
      DnsNameResolverBuilder builder =
          new DnsNameResolverBuilder()
              .datagramChannelType(LoopChannels.ofLoop(loop).datagram())
              .negativeTtl(UNKNOWN_SECONDS);
      names =
          new DnsAddressResolverGroup(
              servers == null ? builder : builder.nameServerProvider(servers));
    }
    return names;
  }

  /** Ends the queries. A second call does nothing. */
  @Override
  public void close() {
    if (names != null) {
      names.close();
      names = null;
    }
  }
}
