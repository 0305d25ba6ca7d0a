package io.lbtk.tokenport.server;

import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a lease peer is alive: a PING every 500 ms, and it is dead after 1.5 s of silence. What
 * is counted is beats rather than time, so that a pause of this process is not taken for one of the
 * peer.
 */
final class PeerPulse {

  static final int BEAT_MILLIS = 250;

  private static final int BEATS_PER_PING = 2;
  private static final int MAX_SILENT_BEATS = 6;
  private static final int PING_LENGTH = 32;

  private final ChannelHandlerContext ctx;
  private final Runnable onBeat;
  private final Runnable onDeath;

  private @Nullable Future<?> timer;
  private int beats;
  private int silentBeats;

  /**
   * A pulse that does not beat yet.
   *
   * @param onBeat called four times a second
   * @param onDeath called once at most
   */
  PeerPulse(ChannelHandlerContext ctx, Runnable onBeat, Runnable onDeath) {
    this.ctx = ctx;
    this.onBeat = onBeat;
    this.onDeath = onDeath;
  }

  void start() {
    timer =
        ctx.executor()
            .scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** The peer has shown that it is there. */
  void heard() {
    silentBeats = 0;
  }

  private void beat() {
    if (silentBeats++ >= MAX_SILENT_BEATS) {
      stop();
      onDeath.run();
      return;
    }
    onBeat.run();
    if (beats++ % BEATS_PER_PING == 0) {
      ByteBuf ping = ctx.alloc().ioBuffer(PING_LENGTH);
      ZmtpFrame.writePing(ping, MAX_SILENT_BEATS * BEAT_MILLIS / 100, beats);
      ctx.writeAndFlush(ping, ctx.voidPromise());
    }
  }
}
