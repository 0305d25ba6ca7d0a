package io.lbtk.proxy.nio;

import io.lbtk.net.tls.Tls;
import io.lbtk.proxy.tcp.Handshake;
import io.lbtk.proxy.tcp.Tunnel;
import io.lbtk.proxy.tcp.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A side of a tunnel that speaks TLS. Its input ends by close_notify, or by a FIN without one; its
 * output ends by close_notify and FIN, unless the peer was reset. A tunnel closed by a timeout
 * sends no close_notify.
 *
 * <p>With TLS 1.3 each direction ends alone. Up to TLS 1.2 a close_notify of the remote end ends
 * both directions (RFC 5246, 7.2.1); data that the peer still sends is then discarded.
 */
final class TlsTunnelEnd extends NioTunnelEnd {

  private final SocketChannel channel;
  private final Tls tls;
  private final ChannelFutureListener written = this::written;

  /** The listener for the handshake in progress; null if there is none. */
  private @Nullable Handshake handshake;

  private @Nullable ChannelHandlerContext context;
  private @Nullable SslHandler handler;
  private boolean failed;
  private boolean told;

  /** True if the input ended before anything was relayed: the TLS handler reads by itself. */
  private boolean endedEarly;

  private boolean watched;
  private boolean relaying;

  TlsTunnelEnd(Tunnel tunnel, SocketChannel channel, Tls tls) {
    super(tunnel, channel);
    this.channel = channel;
    this.tls = tls;
  }

  @Override
  public long handshakeNanos() {
    return tls.handshakeNanos();
  }

  @Override
  public void startHandshake(Handshake waiting) {
    startHandshake(tls.forClient(channel.alloc()), waiting);
  }

  /** Starts the handshake with a target, after sending the PROXY header if there is one. */
  public void startHandshake(String host, int port, Handshake waiting) {
    byte[] header = tunnel().headerForTarget();
    if (header != null) {
      told = true;
      channel.write(Unpooled.wrappedBuffer(header), channel.voidPromise());
    }
    startHandshake(tls.forTarget(channel.alloc(), host, port), waiting);
  }

  private void startHandshake(SslHandler ssl, Handshake waiting) {
    handshake = waiting;
    handler = ssl;
    ByteBuf before = takeEarly();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addFirst(new LastRead(), ssl);
    context = pipeline.context(ssl);
    if (before != null) {
      pipeline.fireChannelRead(before);
      pipeline.fireChannelReadComplete();
    }
    channel.read();
  }

  @Override
  public boolean headerSent() {
    return told;
  }

  @Override
  void keep(@Nullable ByteBuf before, ByteBuf bytes) {
    if (before == null) {
      super.keep(null, bytes);
    } else if (before instanceof CompositeByteBuf composite) {
      super.keep(null, composite.addComponent(true, bytes));
    } else {
      CompositeByteBuf both = channel.alloc().compositeBuffer(Integer.MAX_VALUE);
      super.keep(null, both.addComponent(true, before).addComponent(true, bytes));
    }
  }

  @Override
  public void watch() {
    watched = true;
    if (!endedEarly) {
      super.watch();
    } else if (!hasEarly()) {
      endInput(false);
    }
  }

  @Override
  public void relay() {
    relaying = true;
    super.relay();
    if (endedEarly) {
      endInput(false);
    }
  }

  @Override
  public void part() {
    relaying = false;
    super.part();
  }

  /**
   * Handles the end of input. Before the tunnel is connected it is reported only when the end of a
   * plain socket would have been detected.
   */
  private void ended() {
    if (relaying || (watched && !hasEarly())) {
      endInput(false);
    } else {
      endedEarly = true;
    }
  }

  @Override
  void write(ByteBuf bytes) {
    channel.write(bytes).addListener(written);
  }

  /** Checks the result of a write, as the TLS handler reports a failed write only to its future. */
  private void written(ChannelFuture write) {
    if (!write.isSuccess()) {
      Throwable cause = write.cause();
      endOutput(cause instanceof ChannelOutputShutdownException ? cause.getCause() : cause);
    }
  }

  @Override
  public void finish() {
    TunnelEnd other = peer();
    SslHandler ssl = handler;
    if (ssl == null || other == null || other.wasReset()) {
      super.finish();
    } else {
      // Data that is not encrypted yet would be lost.
      channel.flush();
      ssl.closeOutbound().addListener(future -> finished());
    }
  }

  /** Closes the channel without the close_notify that the TLS handler would send and wait for. */
  @Override
  void closeChannel() {
    handshake = null;
    if (context == null) {
      super.closeChannel();
    } else {
      context.close();
    }
  }

  @Override
  void event(Object event) {
    if (event instanceof SslHandshakeCompletionEvent completed) {
      handshakeEnded(completed.cause());
    } else if (event == SslCloseCompletionEvent.SUCCESS) {
      ended();
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      if (handshake != null) {
        handshakeEnded(new IOException("connection closed during the handshake"));
      } else if (context == null) {
        super.event(event);
      } else {
        ended();
      }
    }
  }

  /** Reports the result of the handshake later: the TLS handler may still have to send an alert. */
  private void handshakeEnded(@Nullable Throwable cause) {
    Handshake waiting = handshake;
    if (waiting != null) {
      handshake = null;
      failed = cause != null;
      channel
          .eventLoop()
          .execute(
              () -> {
                if (cause == null) {
                  waiting.done();
                } else {
                  waiting.failed(cause);
                }
              });
    }
  }

  @Override
  void caught(Throwable cause) {
    if (failed) {
      // Already being reported to the listener of the handshake.
      return;
    }
    if (cause instanceof DecoderException) {
      // The TLS handler has sent an alert and closes the channel.
      endInput(true);
    } else {
      super.caught(cause);
    }
  }

  /** Stops reading after the end of input, as the TLS handler would buffer the data. */
  private final class LastRead extends ChannelOutboundHandlerAdapter {

    @Override
    public void read(ChannelHandlerContext ctx) {
      if (!inputDone() && !endedEarly) {
        ctx.read();
      }
    }
  }
}
