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
 * One attempt to connect to the target of one token. It tries the addresses of the target in turn,
 * each with its share of the remaining time, and reports its result once. Confined to the event
 * loop of its tunnel.
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

  /** Creates an attempt that ends at the deadline. {@link #start} starts it. */
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

  /** Returns the address of the latest connect; null before the first. */
  @Nullable
  public InetSocketAddress address() {
    return address;
  }

  /** Returns the token whose target is connected to. */
  public Token token() {
    return token;
  }

  /** Returns the time at which this attempt started, as {@link System#nanoTime}. */
  long began() {
    return began;
  }

  /** Returns the time at which {@link #expire} is due. */
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
      // The address being tried leaves the later ones their share of the time.
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
   * Tries the next address. If none is left, waits for a lookup under way, or else fails with the
   * result of the last address.
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
          Outcome.refused(), new ConnectException("this is the address of the proxy itself"));
      return;
    }
    try {
      TunnelEnd side = loop.connect(tunnel, address, this);
      side.pace(loop.bandwidth().down(side, System.nanoTime()));
      end = side;
    } catch (ChannelException e) {
      outOfSockets(e);
    } catch (UnsupportedOperationException e) {
      // An IPv6 address on a machine without IPv6: the target may have others.
      connectNext(Outcome.refused(), e);
    }
  }

  /** Completes this attempt: the target has accepted the connection of this end. */
  public void connected(TunnelEnd side) {
    if (!done && end == side) {
      finish();
      attempts.connected(this, side);
    }
  }

  /** Reports that the end could not be connected; tries the next address. */
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
   * Returns whether a connect failed because no local port was left, which says nothing about the
   * target. Netty wraps the exception of the socket.
   */
  public static boolean isOutOfPorts(Throwable failure) {
    return failure instanceof BindException || failure.getCause() instanceof BindException;
  }

  /** Ends the current address, or the whole attempt, because its time has elapsed. */
  void expire() {
    TunnelEnd side = end;
    if (done) {
      return;
    }
    if (side == null) {
      fail(lastOutcome, lastCause);
    } else {
      // Cleared first: closing a channel that is being connected fails it synchronously.
      end = null;
      side.close(false);
      connectNext(Outcome.timeout(), null);
    }
  }

  /** Cancels this attempt without reporting a result. */
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
