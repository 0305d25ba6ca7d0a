package io.lbtk.proxy.tcp;

import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One side of a tunnel: a socket, and the direction that reads from it and writes to the other
 * side. Each engine extends it for its own kind of socket.
 *
 * <p>Both sides are confined to the loop of their tunnel. The directions end independently: a FIN
 * is passed on after all data before it. A failed write ends only the direction to this side; data
 * that this side has already sent is still read and relayed.
 */
public abstract class TunnelEnd {

  private final Tunnel tunnel;
  private @Nullable PacedInput pace;
  private long relayed;
  private boolean inputDone;
  private boolean outputDone;
  private boolean outputBroken;
  private boolean reset;

  /** Creates an end of the tunnel. */
  public TunnelEnd(Tunnel tunnel) {
    this.tunnel = tunnel;
  }

  /** Returns the remote address of the connection; null if it is no longer known. */
  abstract @Nullable public InetSocketAddress remoteAddress();

  /** Returns the local address of the connection; null if it is no longer known. */
  abstract @Nullable public InetSocketAddress localAddress();

  /**
   * Reads a PROXY header; called once, before anything else is read. Bytes after the header are
   * kept and relayed first.
   */
  public abstract void readFirst(ClientHeader header);

  /**
   * Relays these bytes before any input of this side; called before {@link #relay}. They do not
   * count as {@link #relayed}.
   */
  public abstract void relayFirst(byte[] bytes);

  /**
   * Starts to watch for the end of this side before the tunnel is connected. Input that arrives
   * meanwhile is read once and relayed first.
   */
  public abstract void watch();

  /** Returns the time in nanoseconds for the handshake of this side; 0 if it has none. */
  public long handshakeNanos() {
    return 0;
  }

  /**
   * Starts the handshake; called at most once, after a header was read and before {@link #watch}.
   *
   * @param waiting the listener for the result
   */
  public void startHandshake(Handshake waiting) {
    throw new UnsupportedOperationException("no handshake");
  }

  /** Returns whether this side, a target's, has already been sent the PROXY header. */
  public boolean headerSent() {
    return false;
  }

  /** Sets the other side, which is of the same engine; called before either side relays. */
  public abstract void pairWith(TunnelEnd other);

  /**
   * Returns whether no input of this side has been passed to the other side yet. Bytes that were
   * read are still held; {@link #part} keeps them for the next peer.
   */
  public abstract boolean holdsAllInput();

  /**
   * Removes the other side. Input that is still held is relayed to the next peer, without the bytes
   * that {@link #relayFirst} has put before it.
   */
  public abstract void part();

  /** Returns whether data waits to be written to this side. */
  public abstract boolean isBehind();

  /** Starts to relay the input of this side to the other. */
  public abstract void relay();

  /**
   * Closes the socket. A second call does nothing.
   *
   * @param hard whether to send RST, so that the remote end does not take the data for complete;
   *     RST is also sent if data is still unwritten
   */
  public abstract void close(boolean hard);

  /** Returns the other side; null if there is none yet. */
  abstract @Nullable public TunnelEnd peer();

  /**
   * Notes that the peer sends no more. {@link #finished} is called once all data before that is
   * written.
   */
  public abstract void finish();

  /** Resumes reading after the bandwidth limit has paused it. */
  public abstract void resumeReading();

  /** Reads and discards what the peer sends, as this side accepts no more. */
  public abstract void discardInput();

  /**
   * Sends a FIN.
   *
   * @return whether the connection was still open
   */
  public abstract boolean shutdownOutput();

  /** Returns the tunnel of this end. */
  public final Tunnel tunnel() {
    return tunnel;
  }

  /** Returns the number of bytes of this side that were passed to the other. */
  public final long relayed() {
    return relayed;
  }

  /** Adds to the number of bytes of this side that were passed to the other. */
  public final void relayed(long bytes) {
    relayed += bytes;
    if (pace != null) {
      pace.spent(bytes, System.nanoTime());
    }
  }

  /**
   * Sets the bandwidth limit of this side; called before anything is read.
   *
   * @param limit the limit; null for none
   */
  public void pace(@Nullable PacedInput limit) {
    pace = limit;
  }

  final void stopPacing() {
    if (pace != null) {
      pace.end();
    }
  }

  /**
   * Returns whether this side may be read now. If the bandwidth limit forbids it, {@link
   * #resumeReading} is called later. If the peer accepts no more, reading stops after a short time.
   */
  public final boolean mayRead() {
    TunnelEnd other = peer();
    if (other != null && other.outputDone && !tunnel.mayDiscard()) {
      return false;
    }
    return pace == null || pace.mayRead(System.nanoTime());
  }

  /**
   * Returns the number of bytes that may be read at a time.
   *
   * @param wanted the number of bytes to read without a limit
   */
  public final int mostRead(int wanted) {
    return pace == null ? wanted : Math.min(wanted, pace.read());
  }

  /** Returns whether this side sends no more. */
  public final boolean inputDone() {
    return inputDone;
  }

  /** Returns whether all data for this side was written, or cannot be. */
  public final boolean outputDone() {
    return outputDone;
  }

  /** Returns whether this side neither sends nor receives any more. */
  final boolean isGone() {
    return inputDone && outputBroken;
  }

  /** Returns whether this side has broken its connection rather than ended it. */
  public final boolean wasReset() {
    return reset;
  }

  /**
   * Notes that this side sends no more.
   *
   * @param broken true if the connection is broken, false if a FIN was received
   */
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

  /** Notes that all data from the peer is written and no more will come; sends a FIN. */
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

  /**
   * Notes that nothing more can be written to this side. Data that it has sent may still be
   * readable.
   */
  public final void endOutput(@Nullable Throwable cause) {
    if (outputDone || tunnel.isClosed()) {
      return;
    }
    // A reset that a write has reported is read as an end of input afterwards.
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

  /**
   * Returns whether the error is EPIPE: the side had sent a FIN before it broke the connection.
   * Otherwise the error is ECONNRESET.
   */
  private static boolean hadEnded(@Nullable Throwable cause) {
    return cause != null
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("broken pipe");
  }
}
