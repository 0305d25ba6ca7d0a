package io.lbtk.proxy.tcp;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.net.HostResolver;
import io.netty.channel.ChannelException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect to the target of one token: all its addresses in turn, each with its share
 * of the time that is left. Tells how it ended, once.
 */
public final class Attempt implements HostResolver.Listener {

  private final Tunnel tunnel;
  private final Attempts attempts;
  private final ProxyLoop loop;
  private final Token token;
  private final long began;
  private final long deadline;
  private final List<InetSocketAddress> addresses = new ArrayList<>(1);
  private HostResolver.@Nullable Lookup lookup;
  private boolean allFound;
  private Outcome lastOutcome = Outcome.refused();
  private @Nullable Throwable lastCause;
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
  @Nullable
  public InetSocketAddress address() {
    return address;
  }

  /** The token whose target is connected to. */
  public Token token() {
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
    Target target = token.target();
    InetSocketAddress literal = HostResolver.literal(target.host(), target.port());
    if (literal != null) {
      allFound = true;
      connect(literal);
      return;
    }
    HostResolver.Lookup begun = loop.tokens().resolve(target, this);
    if (done) {
      begun.cancel();
    } else {
      lookup = begun;
    }
  }

  @Override
  public void found(List<InetSocketAddress> found) {
    if (done) {
      return;
    }
    addresses.addAll(found);
    if (end == null) {
      connectNext(lastOutcome, lastCause);
    } else {
      // The address that is being tried leaves those that came after it their share.
      long now = System.nanoTime();
      long share = now + (deadline - now) / (addresses.size() - next + 1);
      if (share - addressDeadline < 0) {
        addressDeadline = share;
        attempts.deadlineChanged(this);
      }
    }
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    allFound = true;
    if (done || end != null) {
      return;
    }
    if (failure instanceof ChannelException noSocket) {
      outOfSockets(noSocket);
    } else {
      fail(lastOutcome, lastCause == null ? failure : lastCause);
    }
  }

  /**
   * Goes on with the next address; where none is left, waits for those that are still looked up, or
   * fails with how the last one ended.
   */
  private void connectNext(Outcome outcome, @Nullable Throwable cause) {
    end = null;
    lastOutcome = outcome;
    lastCause = cause;
    int left = addresses.size() - next;
    long now = System.nanoTime();
    if (deadline - now <= 0 || (left <= 0 && allFound)) {
      fail(outcome, cause);
    } else if (left <= 0) {
      addressDeadline = deadline;
      attempts.deadlineChanged(this);
    } else {
      addressDeadline = now + (deadline - now) / left;
      connect(addresses.get(next++));
      attempts.deadlineChanged(this);
    }
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
  public void connected(TunnelEnd side) {
    if (!done && end == side) {
      finish();
      attempts.connected(this, side);
    }
  }

  /** The end could not be connected. */
  public void failed(TunnelEnd side, Throwable cause) {
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
  public static boolean isOutOfPorts(Throwable failure) {
    return failure instanceof BindException || failure.getCause() instanceof BindException;
  }

  /** The time of this address is over, or that of the whole attempt. */
  void expire() {
    TunnelEnd side = end;
    if (done) {
      return;
    }
    if (side == null) {
      fail(lastOutcome, lastCause);
    } else {
      // First, since to close a channel that is being connected fails it at once.
      end = null;
      side.close(false);
      connectNext(Outcome.timeout(), null);
    }
  }

  /** Ends it without a word. */
  void cancel() {
    finish();
    if (end != null) {
      end.close(false);
    }
  }

  private void outOfSockets(ChannelException cause) {
    loop.outOfSockets(cause);
    fail(Outcome.unused(), cause);
  }

  private void fail(Outcome outcome, @Nullable Throwable cause) {
    finish();
    attempts.failed(this, outcome, cause);
  }

  private void finish() {
    done = true;
    if (lookup != null) {
      lookup.cancel();
    }
  }
}
