package io.lbtk.netty.proxy;

import io.lbtk.api.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;

/**
 * Connects to targets, on one event loop. A name is resolved off the loop, and each of its
 * addresses is tried.
 */
final class TargetConnector {

  private final EventLoop loop;
  private final AddressResolverGroup<InetSocketAddress> names;
  private final Bootstrap bootstrap;

  TargetConnector(
      EventLoop loop, AddressResolverGroup<InetSocketAddress> names, Duration connectTimeout) {
    this.loop = loop;
    this.names = names;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .handler(new UntilConnected())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.AUTO_CLOSE, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.min(Integer.MAX_VALUE, connectTimeout.toMillis()));
  }

  /**
   * Connects.
   *
   * @return completes on the loop, with a channel that does not read yet; cancelling ends the
   *     attempt
   */
  Promise<Channel> connect(Target target) {
    Promise<Channel> connected = loop.newPromise();
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(target.host());
    if (literal != null) {
      connect(List.of(address(literal, target.port())), 0, connected);
    } else {
      Future<List<InetSocketAddress>> resolved =
          names
              .getResolver(loop)
              .resolveAll(InetSocketAddress.createUnresolved(target.host(), target.port()));
      resolved.addListener(
          done -> {
            if (resolved.isSuccess()) {
              connect(resolved.getNow(), 0, connected);
            } else {
              connected.tryFailure(
                  new UnknownHostException("the name " + target.host() + " is not known"));
            }
          });
      cancelWith(connected, resolved);
    }
    return connected;
  }

  private static InetSocketAddress address(byte[] literal, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(literal), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void connect(List<InetSocketAddress> addresses, int index, Promise<Channel> connected) {
    if (connected.isDone()) {
      return;
    }
    ChannelFuture attempt = bootstrap.connect(addresses.get(index));
    attempt.addListener(
        done -> {
          if (attempt.isSuccess()) {
            if (!connected.trySuccess(attempt.channel())) {
              attempt.channel().close();
            }
          } else if (index + 1 < addresses.size()) {
            connect(addresses, index + 1, connected);
          } else {
            connected.tryFailure(attempt.cause());
          }
        });
    cancelWith(connected, attempt);
  }

  private static void cancelWith(Promise<Channel> connected, Future<?> step) {
    connected.addListener(
        done -> {
          if (connected.isCancelled()) {
            step.cancel(false);
          }
        });
  }

  /** Holds the place of the tunnel's handler: what goes wrong is in the future already. */
  @ChannelHandler.Sharable
  private static final class UntilConnected extends ChannelInboundHandlerAdapter {}
}
