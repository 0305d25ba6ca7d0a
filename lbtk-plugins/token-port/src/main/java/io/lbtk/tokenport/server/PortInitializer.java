package io.lbtk.tokenport.server;

import io.lbtk.tokenport.zmtp.SocketType;
import io.lbtk.tokenport.zmtp.ZmtpException;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up the accepted connections of a token port, and creates their peers after the handshake.
 */
final class PortInitializer extends ChannelInitializer<Channel> {

  private static final Logger log = LoggerFactory.getLogger(PortInitializer.class);
  private static final int MAX_PENDING_HANDSHAKES = 1024;
  private static final int MAX_PEERS = 16384;
  private static final Map<SocketType, SocketType> TYPES =
      Map.of(SocketType.PULL, SocketType.PUSH, SocketType.DEALER, SocketType.ROUTER);

  private final PendingHandshakes handshakes = new PendingHandshakes(MAX_PENDING_HANDSHAKES);
  private final TargetEncoder encoder;
  private final PortOptions options;
  private final PortCounters counters;
  private final OpenQueue queue;
  private final LeasePeers leasePeers;

  PortInitializer(
      TargetEncoder encoder,
      PortOptions options,
      PortCounters counters,
      OpenQueue queue,
      LeasePeers leasePeers) {
    this.encoder = encoder;
    this.options = options;
    this.counters = counters;
    this.queue = queue;
    this.leasePeers = leasePeers;
  }

  @Override
  protected void initChannel(Channel channel) {
    handshakes.add(channel);
    channel.config().setOption(ChannelOption.TCP_NODELAY, true);
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    channel
        .pipeline()
        .addLast(ZmtpHandler.accepting(TYPES, leasePeers::isStandby, options.handshakeTimeout()))
        .addLast(new PeerConnection());
  }

  /** Creates the peer of a connection; null if there are too many peers. */
  private @Nullable Peer newPeer(SocketType type, ChannelHandlerContext ctx) {
    handshakes.remove(ctx.channel());
    if (counters.pullPeers.sum() + counters.leasePeers.sum() >= MAX_PEERS) {
      log.debug("{}: more than {} peers; closed", ctx.channel().remoteAddress(), MAX_PEERS);
      return null;
    }
    return type == SocketType.PULL
        ? new PullPeer(queue, encoder, counters, ctx)
        : new LeasePeer(leasePeers, ctx);
  }

  /** Passes the events of one connection to its peer, which is created after the handshake. */
  private final class PeerConnection extends ChannelInboundHandlerAdapter {

    private @Nullable Peer peer;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ZmtpHandler.Pong pong && peer != null) {
        peer.pong(pong.sequence());
      } else if (event instanceof ZmtpHandler.Ready ready) {
        peer = newPeer(ready.peer(), ctx);
        if (peer == null) {
          ctx.close();
        } else {
          peer.start();
        }
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf body = (ByteBuf) message;
      try {
        if (peer != null) {
          peer.message(body);
        }
      } finally {
        body.release();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (peer != null) {
        peer.readComplete();
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (peer != null) {
        peer.writabilityChanged();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (peer == null) {
        counters.refused.increment();
      } else {
        peer.ended();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof ZmtpException && peer != null) {
        peer.failed(String.valueOf(cause.getMessage()));
      } else if (cause instanceof ZmtpException || cause instanceof IOException) {
        log.debug("{}: {}", ctx.channel().remoteAddress(), cause.getMessage());
      } else {
        log.error("{}: closed by an unexpected exception", ctx.channel().remoteAddress(), cause);
      }
      ctx.close();
    }
  }

  /**
   * The connections before the end of their handshake. If there are too many, the oldest is closed,
   * since a genuine peer completes its handshake quickly. Thread-safe.
   */
  static final class PendingHandshakes {

    private final int max;
    private final Set<Channel> channels = new LinkedHashSet<>();

    PendingHandshakes(int max) {
      this.max = max;
    }

    /** Adds a new connection. */
    void add(Channel channel) {
      Channel oldest = null;
      synchronized (this) {
        channels.add(channel);
        if (channels.size() > max) {
          Iterator<Channel> order = channels.iterator();
          oldest = order.next();
          order.remove();
        }
      }
      if (oldest != null) {
        oldest.close();
      }
      channel.closeFuture().addListener(closed -> remove(channel));
    }

    /** Removes a connection whose handshake is done, or which is closed. */
    synchronized void remove(Channel channel) {
      channels.remove(channel);
    }

    /** Returns the number of connections. */
    synchronized int size() {
      return channels.size();
    }
  }
}
