package io.lbtk.tokenport.server;

import io.lbtk.tokenport.zmtp.SocketType;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives the connections of a token port: new ones first, peers after their handshake. */
final class PortInitializer extends ChannelInitializer<Channel> {

  private static final Logger log = LoggerFactory.getLogger(PortInitializer.class);
  private static final int MAX_NEW = 1024;
  private static final int MAX_PEERS = 16384;
  private static final Map<SocketType, SocketType> TYPES =
      Map.of(SocketType.PULL, SocketType.PUSH, SocketType.DEALER, SocketType.ROUTER);

  private final PendingHandshakes newConnections = new PendingHandshakes(MAX_NEW);
  private final TargetEncoder hostPorts;
  private final PortOptions options;
  private final PortCounters counters;
  private final OpenQueue queue;
  private final LeasePeers desk;

  PortInitializer(
      TargetEncoder hostPorts,
      PortOptions options,
      PortCounters counters,
      OpenQueue queue,
      LeasePeers desk) {
    this.hostPorts = hostPorts;
    this.options = options;
    this.counters = counters;
    this.queue = queue;
    this.desk = desk;
  }

  @Override
  protected void initChannel(Channel channel) {
    newConnections.add(channel);
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    channel
        .pipeline()
        .addLast(ZmtpHandler.accepting(TYPES, desk::isStandby, options.handshakeTimeout()))
        .addLast(new PeerConnection(this::arrived, counters));
  }

  private @Nullable Peer arrived(SocketType type, ChannelHandlerContext ctx) {
    newConnections.remove(ctx.channel());
    if (counters.pullPeers.sum() + counters.leasePeers.sum() >= MAX_PEERS) {
      log.debug("{}: one peer more than {}: closed", ctx.channel().remoteAddress(), MAX_PEERS);
      return null;
    }
    return type == SocketType.PULL
        ? new PullPeer(queue, hostPorts, counters, ctx)
        : new LeasePeer(desk, ctx);
  }
}
