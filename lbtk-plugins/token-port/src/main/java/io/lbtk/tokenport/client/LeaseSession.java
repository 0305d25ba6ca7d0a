package io.lbtk.tokenport.client;

import io.lbtk.api.Shortage;
import io.lbtk.api.Target;
import io.lbtk.tokenport.protocol.GeneratorLines;
import io.lbtk.tokenport.protocol.LeaseException;
import io.lbtk.tokenport.protocol.LineBatch;
import io.lbtk.tokenport.protocol.PeerLines;
import io.lbtk.tokenport.protocol.Word;
import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.lbtk.tokenport.zmtp.ZmtpHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Handles one connection of a lease peer: its lines, and the liveness of the other end. */
final class LeaseSession extends ChannelInboundHandlerAdapter implements GeneratorLines {

  private static final int BEAT_MILLIS = 500;
  private static final int SILENT_BEATS = 3;
  private static final int BEATS_UNTIL_HELLO = 10;
  private static final int PING_TTL = BEAT_MILLIS * SILENT_BEATS / 100;
  private static final int PING_LENGTH = 32;
  private static final int MAX_TARGETS = 4096;
  private static final int MAX_SHOWN = 200;

  private final LeaseTokenSource peer;
  private final GeneratorLines.Reader reader = new GeneratorLines.Reader(this);

  /** Targets by host:port, so that each is parsed only once. */
  private final Map<Word, Target> targets = new HashMap<>();

  private @Nullable ChannelHandlerContext ctx;
  private @Nullable LineBatch batch;
  private PeerLines.@Nullable Writer out;
  private @Nullable Future<?> heart;
  private boolean greeted;
  private int silentBeats;
  private long beats;

  LeaseSession(LeaseTokenSource peer) {
    this.peer = peer;
  }

  /**
   * Returns the writer, whose lines are sent by {@link #flush}; null until the handshake is done.
   */
  PeerLines.@Nullable Writer out() {
    return out;
  }

  /** Sends the written lines. */
  void flush() {
    if (batch != null) {
      batch.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ZmtpHandler.Ready) {
      this.ctx = ctx;
      batch = new LineBatch(ctx);
      out = new PeerLines.Writer(batch);
      heart =
          ctx.executor()
              .scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }
    ReferenceCountUtil.release(event);
  }

  private void beat() {
    beats++;
    silentBeats++;
    if (ctx == null) {
      return;
    }
    if (silentBeats > SILENT_BEATS) {
      fail("nothing heard for %d ms".formatted(BEAT_MILLIS * SILENT_BEATS));
    } else if (!greeted && beats > BEATS_UNTIL_HELLO) {
      fail("no HELLO within 5 s (expected: a token port)");
    } else {
      ByteBuf ping = ctx.alloc().ioBuffer(PING_LENGTH);
      ZmtpFrame.writePing(ping, PING_TTL, beats);
      ctx.writeAndFlush(ping, ctx.voidPromise());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf lines = (ByteBuf) message;
    try {
      reader.read(ctx, lines);
    } catch (LeaseException e) {
      fail("malformed line: " + e.getMessage());
    } finally {
      lines.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    silentBeats = 0;
    peer.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (heart != null) {
      heart.cancel(false);
    }
    out = null;
    if (batch != null) {
      batch.discard();
      batch = null;
    }
    peer.disconnected(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    peer.failing(ZmtpConnector.message(cause));
    ctx.close();
  }

  private void fail(String reason) {
    peer.failing(reason);
    if (ctx != null) {
      ctx.close();
    }
  }

  @Override
  public void hello(String epoch, boolean standby) {
    greeted = true;
    peer.greeted(this, standby);
  }

  @Override
  public void role(boolean standby) {
    requireGreeted();
    peer.role(this, standby);
  }

  @Override
  public void token(Word wid, Word id, Word hostPort) {
    requireGreeted();
    peer.token(wid.number(), id, target(hostPort));
  }

  private Target target(Word hostPort) {
    Target known = targets.get(hostPort);
    if (known != null) {
      return known;
    }
    Target target;
    try {
      target = Target.parse(hostPort.toString());
    } catch (IllegalArgumentException e) {
      throw new LeaseException(ZmtpConnector.message(e));
    }
    if (targets.size() == MAX_TARGETS) {
      targets.clear();
    }
    targets.put(hostPort.copy(), target);
    return target;
  }

  @Override
  public void none(Word wid, Shortage shortage) {
    requireGreeted();
    peer.none(wid.number(), shortage);
  }

  @Override
  public void gone(Word hostPort) {
    requireGreeted();
    peer.gone(hostPort.toString());
  }

  private void requireGreeted() {
    if (!greeted) {
      throw new LeaseException("a line before HELLO (expected: HELLO first)");
    }
  }

  @Override
  public void error(String text) {
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    peer.refused(shown);
  }

  @Override
  public void alive() {
    // Receiving anything resets the liveness timer.
  }
}
