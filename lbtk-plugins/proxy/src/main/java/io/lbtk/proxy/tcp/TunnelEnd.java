package io.lbtk.proxy.tcp;

import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One side of a tunnel: a socket, and the direction that reads from it and writes to the other
 * side. An engine extends it by its own kind of socket.
 *
 * <p>Both sides live on the loop of their tunnel, so that nothing here is synchronized. The
 * directions end on their own: a FIN is passed on after all that came before it. A write that fails
 * ends the direction to this side alone; what this side sent before is still read and relayed.
 */
public abstract class TunnelEnd {

  private final Tunnel tunnel;
  private @Nullable PacedInput pace;
  private long relayed;
  private boolean inputDone;
  private boolean outputDone;
  private boolean outputBroken;
  private boolean reset;

  public TunnelEnd(Tunnel tunnel) {
    this.tunnel = tunnel;
  }

  /** Where the other end of the connection is; null if that is not known any more. */
  abstract @Nullable public InetSocketAddress remoteAddress();

  /** Where this end of the connection is; null if that is not known any more. */
  abstract @Nullable public InetSocketAddress localAddress();

  /**
   * Reads a header before all else, once at the beginning. What comes after it is relayed later, as
   * what was sent first.
   */
  public abstract void readFirst(ClientHeader header);

  /**
   * Relays these bytes before all that this side has sent; called before {@link #relay}. They do
   * not count as {@link #relayed}.
   */
  public abstract void relayFirst(byte[] bytes);

  /**
   * Looks from now on whether this side ends before the tunnel stands. What it has sent until then
   * is read once, and relayed first.
   */
  public abstract void watch();

  /** How long the other end has for the handshake that it begins with; 0 where there is none. */
  public long handshakeNanos() {
    return 0;
  }

  /** Begins that handshake; called once at most, after a header was read, before {@link #watch}. */
  public void startHandshake(Handshake waiting) {
    throw new UnsupportedOperationException("no handshake");
  }

  /** Whether this side, a target's, has been told already who the client is. */
  public boolean headerSent() {
    return false;
  }

  /** Learns of the other side, which is of the same engine, before either {@link #relay}s. */
  public abstract void pairWith(TunnelEnd other);

  /**
   * Whether nothing that this side has sent has gone to the other side yet. Bytes that were read
   * already are still here; {@link #part} keeps them for the next peer.
   */
  public abstract boolean holdsAllInput();

  /**
   * Forgets the other side. What {@link #holdsAllInput() is held} of the input is relayed to the
   * next one, without what {@link #relayFirst} has put before it.
   */
  public abstract void part();

  /** Whether something still waits to be written to this side. */
  public abstract boolean isBehind();

  /** Begins to relay what this side sends to the other. */
  public abstract void relay();

  /**
   * Closes the socket. A second call does nothing.
   *
   * @param hard by RST, so that the other end does not take what it has for all there is; also done
   *     where something is still to be written
   */
  public abstract void close(boolean hard);

  /** The other side, once there is one. */
  abstract @Nullable public TunnelEnd peer();

  /** Nothing more is to come from the peer: calls {@link #finished} after all that came before. */
  public abstract void finish();

  /** Reads again, after it might not for some time. */
  public abstract void resumeReading();

  /** Reads again what the peer sends: nothing of it has to wait for this side any more. */
  public abstract void discardInput();

  /**
   * Sends a FIN.
   *
   * @return whether there was still a connection to send it on
   */
  public abstract boolean shutdownOutput();

  public final Tunnel tunnel() {
    return tunnel;
  }

  /** Bytes of this side that were handed to the other. */
  public final long relayed() {
    return relayed;
  }

  public final void relayed(long bytes) {
    relayed += bytes;
    if (pace != null) {
      pace.spent(bytes, System.nanoTime());
    }
  }

  /** How fast this side may be read; null for no limit. Called before anything is read. */
  public void pace(@Nullable PacedInput limit) {
    pace = limit;
  }

  final void stopPacing() {
    if (pace != null) {
      pace.end();
    }
  }

  /**
   * Returns whether this side may be read now. If the bandwidth does not allow it, {@link
   * #resumeReading} is called when it does; if the peer takes nothing any more, reading is over
   * after a while.
   */
  public final boolean mayRead() {
    TunnelEnd other = peer();
    if (other != null && other.outputDone && !tunnel.mayDiscard()) {
      return false;
    }
    return pace == null || pace.mayRead(System.nanoTime());
  }

  /** How much may be read at a time. */
  public final int mostRead(int wanted) {
    return pace == null ? wanted : Math.min(wanted, pace.read());
  }

  /** Whether this side will send no more. */
  public final boolean inputDone() {
    return inputDone;
  }

  /** Whether all that is to come went to this side, or cannot go there. */
  public final boolean outputDone() {
    return outputDone;
  }

  /** Whether this side takes nothing and sends nothing any more. */
  final boolean isGone() {
    return inputDone && outputBroken;
  }

  /** Whether this side broke its connection rather than end it. */
  public final boolean wasReset() {
    return reset;
  }

  /** This side sends no more: by FIN, or because the connection is broken. */
  public final void endInput(boolean broken) {
    if (inputDone || tunnel.isClosed() || (broken && tunnel.triesAnother(this))) {
      return;
    }
    inputDone = true;
    reset |= broken;
    TunnelEnd other = peer();
    if (other == null) {
      tunnel.gone(this);
      return;
    }
    tunnel.touch();
    if (other.outputDone) {
      tunnel.advance();
    } else {
      other.finish();
    }
  }

  /** All that came from the peer is written, and no more is to come: passes that on. */
  public final void finished() {
    TunnelEnd other = peer();
    if (outputDone || other == null || tunnel.isClosed()) {
      return;
    }
    tunnel.touch();
    outputDone = true;
    boolean last = inputDone && other.outputDone;
    if (!other.reset && !last) {
      outputBroken = !shutdownOutput();
    }
    tunnel.advance();
  }

  /** Nothing can be written to this side any more; what it sent may still be there to be read. */
  public final void endOutput(@Nullable Throwable cause) {
    if (outputDone || tunnel.isClosed()) {
      return;
    }
    // A reset that is reported by a write reads as an end of input afterwards.
    boolean broken = !inputDone && !hadEnded(cause);
    if (broken && tunnel.triesAnother(this)) {
      return;
    }
    outputDone = true;
    outputBroken = true;
    reset |= broken;
    tunnel.undeliverable();
    TunnelEnd other = peer();
    if (other != null) {
      other.discardInput();
    }
    tunnel.advance();
  }

  /** EPIPE: the side had sent a FIN before it broke the connection. Elsewhere it was ECONNRESET. */
  private static boolean hadEnded(@Nullable Throwable cause) {
    return cause != null
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
  }
}
