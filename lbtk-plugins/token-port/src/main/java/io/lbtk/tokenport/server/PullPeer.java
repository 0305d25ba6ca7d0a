package io.lbtk.tokenport.server;

import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.lbtk.net.OnLoop;
import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a PULL peer. Few tokens are in flight: tokens are followed by a PING, which the
 * peer answers when it has read them, and at most {@link #WINDOW} tokens may be unanswered.
 * Confined to its event loop.
 */
final class PullPeer implements Peer {

  /** Maximum number of tokens that the peer has not acknowledged. */
  static final int WINDOW = 16;

  private static final Logger log = LoggerFactory.getLogger(PullPeer.class);
  private static final int TOKENS_PER_PING = WINDOW / 2;
  private static final int SEND_BUFFER = 4096;

  /** About the size of a token: nothing is sent while one is in the buffer. */
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1, 64);

  private static final int EXPECTED_LENGTH = 48;

  private final OpenQueue queue;
  private final TargetEncoder encoder;
  private final PortCounters counters;
  private final ChannelHandlerContext ctx;
  private final OpenQueue.Seat seat = new OpenQueue.Seat(this);

  private long sent;
  private long read;
  private int credit = WINDOW;
  private boolean ended;

  PullPeer(
      OpenQueue queue, TargetEncoder encoder, PortCounters counters, ChannelHandlerContext ctx) {
    this.queue = queue;
    this.encoder = encoder;
    this.counters = counters;
    this.ctx = ctx;
  }

  @Override
  public void start() {
    counters.pullPeers.increment();
    ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
    ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
    log.debug("{}: PULL peer connected", ctx.channel().remoteAddress());
    offerRoom();
  }

  private void offerRoom() {
    if (credit > 0 && !ended && ctx.channel().isWritable()) {
      int room = credit;
      credit = 0;
      queue.room(seat, room);
    }
  }

  /** Sends tokens, for which there was room. Any thread. */
  void send(List<Token> tokens) {
    OnLoop.run(ctx.executor(), () -> write(tokens), () -> queue.takeBack(tokens));
  }

  private void write(List<Token> tokens) {
    if (ended) {
      queue.takeBack(tokens);
      return;
    }
    ByteBuf out = ctx.alloc().ioBuffer(tokens.size() * EXPECTED_LENGTH);
    try {
      encode(tokens, out);
    } catch (Throwable e) {
      log.error("{}: failed to encode tokens; closed", ctx.channel().remoteAddress(), e);
      out.release();
      queue.leave(seat);
      queue.takeBack(tokens);
      ctx.close();
      return;
    }
    ctx.writeAndFlush(out)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                counters.tokensSent.add(tokens.size());
                tokens.forEach(token -> token.release(Outcome.closed()));
              } else {
                queue.takeBack(tokens);
              }
            });
  }

  private void encode(List<Token> tokens, ByteBuf out) {
    int withoutPing = 0;
    for (Token token : tokens) {
      ZmtpFrame.writeMessage(out, encoder.of(token.target()).bytes());
      sent++;
      if (++withoutPing == TOKENS_PER_PING) {
        withoutPing = 0;
        ZmtpFrame.writePing(out, 0, sent);
      }
    }
    if (withoutPing > 0) {
      ZmtpFrame.writePing(out, 0, sent);
    }
  }

  @Override
  public void pong(long sequence) {
    if (sequence > read && sequence <= sent) {
      credit += (int) (sequence - read);
      read = sequence;
      offerRoom();
    }
  }

  @Override
  public void message(ByteBuf body) {
    failed("a message from a PULL socket (expected: none)");
  }

  @Override
  public void readComplete() {
    // Nothing to flush: a PULL peer gets no answers.
  }

  @Override
  public void writabilityChanged() {
    offerRoom();
  }

  @Override
  public void failed(String problem) {
    log.debug("{}: {}; closed", ctx.channel().remoteAddress(), problem);
    ctx.close();
  }

  @Override
  public void ended() {
    ended = true;
    counters.pullPeers.decrement();
    queue.leave(seat);
  }
}
