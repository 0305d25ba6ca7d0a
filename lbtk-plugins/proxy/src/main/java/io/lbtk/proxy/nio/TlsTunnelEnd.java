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
 * output ends by close_notify and FIN, unless the peer was reset. What ends by no side of itself,
 * but by a timeout, ends without close_notify.
 *
 * <p>With TLS 1.3 each direction ends alone. Up to TLS 1.2 a close_notify of the other end ends
 * both (RFC 5246, 7.2.1): what the peer still sends then goes nowhere.
 */
final class TlsTunnelEnd extends NioTunnelEnd {

  private final SocketChannel channel;
  private final Tls tls;
  private final ChannelFutureListener written = this::written;

  /** While the handshake is under way. */
  private @Nullable Handshake handshake;

  private @Nullable ChannelHandlerContext context;
  private @Nullable SslHandler handler;
  private boolean failed;
  private boolean told;

  /** The handler reads by itself, so that the end may be seen before anybody wants to know. */
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

  /** Begins the handshake with a target, after a header that says who the client is. */
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

  /** No more comes; before the tunnel stands that is told when it would have been seen. */
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

  /** The handler tells of a failed write nobody but who waits for it. */
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
      // What is not encrypted yet would not be any more.
      channel.flush();
      ssl.closeOutbound().addListener(future -> finished());
    }
  }

  /** Without the close_notify that the handler would send, and wait for. */
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
        handshakeEnded(new IOException("the connection was ended during the handshake"));
      } else if (context == null) {
        super.event(event);
      } else {
        ended();
      }
    }
  }

  /** Later, since the handler is in the middle of it: an alert may still be to be sent. */
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
      // It is on its way to who waits for the handshake.
      return;
    }
    if (cause instanceof DecoderException) {
      // The handler has sent an alert, and closes.
      endInput(true);
    } else {
      super.caught(cause);
    }
  }

  /** Nothing is read after the end: the handler would keep it. */
  private final class LastRead extends ChannelOutboundHandlerAdapter {

    @Override
    public void read(ChannelHandlerContext ctx) {
      if (!inputDone() && !endedEarly) {
        ctx.read();
      }
    }
  }
}
