package io.lbtk.netty.proxy;

import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client and a target, and the bytes between them. Lives on the event loop of both. When it ends
 * it releases its token with what became of it.
 */
final class Tunnel {

  private final EventLoop loop;
  private final TunnelSettings settings;
  private final Token token;
  private final Duration connectTime;
  private final RelayHandler client;
  private final RelayHandler target;
  private final long startNanos = System.nanoTime();
  private long movedNanos = startNanos;
  private boolean halfClosed;
  private boolean ended;
  private @Nullable Future<?> idleTimer;

  Tunnel(
      EventLoop loop,
      TunnelSettings settings,
      Token token,
      Duration connectTime,
      SocketChannel clientChannel,
      SocketChannel targetChannel) {
    this.loop = loop;
    this.settings = settings;
    this.token = token;
    this.connectTime = connectTime;
    this.client = new RelayHandler(this, clientChannel);
    this.target = new RelayHandler(this, targetChannel);
  }

  /** Begins to move bytes. */
  void start() {
    client.channel().pipeline().addLast(client);
    target.channel().pipeline().addLast(target);
    if (!client.channel().isActive()) {
      broken(client);
    } else if (!target.channel().isActive()) {
      broken(target);
    } else {
      RelayHandler.join(client, target);
      watchIdle(idleLimit());
    }
  }

  /** Something moved in either direction. */
  void moved() {
    movedNanos = System.nanoTime();
  }

  /** One side has sent all that it had: from now on the shorter limit counts. */
  void halfClosed() {
    moved();
    if (!halfClosed && !ended) {
      halfClosed = true;
      watchIdle(idleLimit());
    }
    checkOver();
  }

  private long idleLimit() {
    return (halfClosed ? settings.finTimeout() : settings.idleTimeout()).toNanos();
  }

  private void watchIdle(long afterNanos) {
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    if (idleLimit() > 0) {
      idleTimer = loop.schedule(this::checkIdle, afterNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void checkIdle() {
    long left = idleLimit() - (System.nanoTime() - movedNanos);
    if (left > 0) {
      watchIdle(left);
    } else {
      close();
    }
  }

  /** Ends the tunnel if both sides have sent and received all. */
  void checkOver() {
    if (client.isOver() && target.isOver()) {
      close();
    }
  }

  /** Ends the tunnel in order, now. */
  void close() {
    if (end(Outcome.closed())) {
      client.channel().close();
      target.channel().close();
    }
  }

  /** One side broke: the other one is to see that too. */
  void broken(RelayHandler side) {
    if (end(Outcome.reset())) {
      RelayHandler other = side == client ? target : client;
      side.channel().close();
      other.resetAfterFlush();
    }
  }

  private boolean end(Outcome outcome) {
    if (ended) {
      return false;
    }
    ended = true;
    if (idleTimer != null) {
      idleTimer.cancel(false);
    }
    token.release(
        outcome
            .withConnectTime(connectTime)
            .withSessionTime(Duration.ofNanos(System.nanoTime() - startNanos))
            .withBytes(client.bytesRead(), target.bytesRead()));
    return true;
  }
}
