package io.lbtk.tokenport.server;

import io.lbtk.tokenport.zmtp.SocketType;
import io.lbtk.tokenport.zmtp.ZmtpException;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a token port: nobody until the handshake is done, then a peer of some kind. */
final class PeerConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(PeerConnection.class);

  /** Makes the peer of a connection. */
  @FunctionalInterface
  interface Arrivals {

    /** Null if there are peers enough. */
    @Nullable Peer arrived(SocketType type, ChannelHandlerContext ctx);
  }

  private final Arrivals arrivals;
  private final PortCounters counters;
  private @Nullable Peer peer;

  PeerConnection(Arrivals arrivals, PortCounters counters) {
    this.arrivals = arrivals;
    this.counters = counters;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ZmtpHandler.Pong pong && peer != null) {
      peer.pong(pong.sequence());
    } else if (event instanceof ZmtpHandler.Ready ready) {
      peer = arrivals.arrived(ready.peer(), ctx);
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
      log.error("{}: closed by a fault", ctx.channel().remoteAddress(), cause);
    }
    ctx.close();
  }
}
