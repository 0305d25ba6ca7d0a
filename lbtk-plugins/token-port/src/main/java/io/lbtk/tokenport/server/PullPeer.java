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
 * One connection of a PULL peer. Little is kept in flight: a PING follows the tokens, the peer
 * answers it when it has read them, and only {@link #WINDOW} tokens may be without that answer.
 * Belongs to its event loop.
 */
final class PullPeer implements Peer {

  /** The most tokens that the peer has not shown to have read. */
  static final int WINDOW = 16;

  private static final Logger log = LoggerFactory.getLogger(PullPeer.class);
  private static final int TOKENS_PER_PING = WINDOW / 2;
  private static final int SEND_BUFFER = 4096;

  /** About a token: more is not sent while one waits. */
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1, 64);

  private static final int EXPECTED_LENGTH = 48;

  private final OpenQueue queue;
  private final TargetEncoder hostPorts;
  private final PortCounters counters;
  private final ChannelHandlerContext ctx;
  private final OpenQueue.Seat seat = new OpenQueue.Seat(this);

  private long sent;
  private long read;
  private int withheld = WINDOW;
  private boolean over;

  PullPeer(
      OpenQueue queue, TargetEncoder hostPorts, PortCounters counters, ChannelHandlerContext ctx) {
    this.queue = queue;
    this.hostPorts = hostPorts;
    this.counters = counters;
    this.ctx = ctx;
  }

  @Override
  public void start() {
    counters.pullPeers.increment();
    ctx.channel().config().setOption(ChannelOption.SO_SNDBUF, SEND_BUFFER);
    ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
    log.debug("{}: a PULL peer", ctx.channel().remoteAddress());
    offerRoom();
  }

  private void offerRoom() {
    if (withheld > 0 && !over && ctx.channel().isWritable()) {
      int room = withheld;
      withheld = 0;
      queue.room(seat, room);
    }
  }

  /** Sends tokens, as many as there was room for. Any thread. */
  void send(List<Token> tokens) {
    OnLoop.run(ctx.executor(), () -> write(tokens), () -> queue.takeBack(tokens));
  }

  private void write(List<Token> tokens) {
    if (over) {
      queue.takeBack(tokens);
      return;
    }
    ByteBuf out = ctx.alloc().ioBuffer(tokens.size() * EXPECTED_LENGTH);
    try {
      encode(tokens, out);
    } catch (Throwable e) {
      log.error("{}: tokens cannot be sent; closed", ctx.channel().remoteAddress(), e);
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
      ZmtpFrame.writeMessage(out, hostPorts.of(token.target()).bytes());
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
      withheld += (int) (sequence - read);
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
    // A PULL peer is owed nothing for what it says.
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
    over = true;
    counters.pullPeers.decrement();
    queue.leave(seat);
  }
}
