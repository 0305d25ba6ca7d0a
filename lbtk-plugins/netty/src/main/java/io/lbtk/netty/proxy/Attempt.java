package io.lbtk.netty.proxy;

import io.lbtk.api.Outcome;
import io.lbtk.api.Token;
import io.netty.channel.ChannelException;
import io.netty.util.concurrent.Future;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to the target of one token: all its addresses in turn, each with its share
 * of the time that is left. Tells how it ended, once.
 */
final class Attempt {

  private final Tunnel tunnel;
  private final Attempts attempts;
  private final ProxyLoop loop;
  private final Token token;
  private final long began;
  private final long deadline;
  private List<InetSocketAddress> addresses = List.of();
  private @Nullable InetSocketAddress address;
  private int next;
  private long addressDeadline;
  private @Nullable TunnelEnd end;
  private boolean done;

  /** An attempt that ends at the deadline; {@link #start} begins it. */
  Attempt(
      Tunnel tunnel, Attempts attempts, ProxyLoop loop, Token token, long began, long deadline) {
    this.tunnel = tunnel;
    this.attempts = attempts;
    this.loop = loop;
    this.token = token;
    this.began = began;
    this.deadline = deadline;
    this.addressDeadline = deadline;
  }

  /** The address that is connected to at last; null before the first. */
  @Nullable InetSocketAddress address() {
    return address;
  }

  /** The token whose target is connected to. */
  Token token() {
    return token;
  }

  /** When it began. */
  long began() {
    return began;
  }

  /** When {@link #expire} is due. */
  long deadline() {
    return addressDeadline;
  }

  void start() {
    InetSocketAddress literal = TargetResolver.literal(token.target());
    if (literal != null) {
      connect(literal);
    } else {
      loop.tokens().resolve(token.target()).addListener(this::resolved);
    }
  }

  private void resolved(Future<? super List<InetSocketAddress>> future) {
    if (done) {
      return;
    }
    if (future.cause() instanceof ChannelException noSocket) {
      outOfSockets(noSocket);
      return;
    }
    if (!future.isSuccess()) {
      fail(Outcome.refused(), future.cause());
      return;
    }
    @SuppressWarnings("unchecked")
    List<InetSocketAddress> found = (List<InetSocketAddress>) future.getNow();
    addresses = found;
    connectNext(Outcome.refused(), null);
  }

  /** Goes on with the next address, or fails with how the last one ended. */
  private void connectNext(Outcome outcome, @Nullable Throwable cause) {
    int left = addresses.size() - next;
    long now = System.nanoTime();
    if (left <= 0 || deadline - now <= 0) {
      fail(outcome, cause);
      return;
    }
    addressDeadline = now + (deadline - now) / left;
    connect(addresses.get(next++));
    attempts.deadlineChanged(this);
  }

  private void connect(InetSocketAddress address) {
    this.address = address;
    if (loop.isOwn(address)) {
      connectNext(
          Outcome.refused(), new ConnectException("it is the address of this proxy itself"));
      return;
    }
    try {
      TunnelEnd side = loop.connect(tunnel, address, this);
      side.pace(loop.bandwidth().down(side, System.nanoTime()));
      end = side;
    } catch (ChannelException e) {
      outOfSockets(e);
    } catch (UnsupportedOperationException e) {
      // An address of IPv6 on a machine without: the target may have others.
      connectNext(Outcome.refused(), e);
    }
  }

  /** The target accepted the connection of this end. */
  void connected(TunnelEnd side) {
    if (!done && end == side) {
      done = true;
      attempts.connected(this, side);
    }
  }

  /** The end could not be connected. */
  void failed(TunnelEnd side, Throwable cause) {
    if (done || end != side) {
      return;
    }
    side.close(false);
    if (isOutOfPorts(cause)) {
      loop.outOfSockets(cause);
      connectNext(Outcome.unused(), cause);
    } else {
      connectNext(Outcome.refused(), cause);
    }
  }

  /**
   * Whether a connection failed because no port of our own was left to make it from, which says
   * nothing of the target. Netty wraps what the socket has thrown.
   */
  static boolean isOutOfPorts(Throwable failure) {
    return failure instanceof BindException || failure.getCause() instanceof BindException;
  }

  /** The time of this address is over, or that of the whole attempt. */
  void expire() {
    TunnelEnd side = end;
    if (done) {
      return;
    }
    if (side == null) {
      fail(Outcome.refused(), null);
    } else {
      end = null;
      side.close(false);
      connectNext(Outcome.timeout(), null);
    }
  }

  /** Ends it without a word. */
  void cancel() {
    done = true;
    if (end != null) {
      end.close(false);
    }
  }

  private void outOfSockets(ChannelException cause) {
    loop.outOfSockets(cause);
    fail(Outcome.unused(), cause);
  }

  private void fail(Outcome outcome, @Nullable Throwable cause) {
    done = true;
    attempts.failed(this, outcome, cause);
  }
}
