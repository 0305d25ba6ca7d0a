package io.lbtk.tokenport.server;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.tokenport.protocol.LeaseException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the connections that all peers of a port have declared by HOLD. A single line can declare
 * a million of them, so their total is bounded by the size of the heap. A single peer may hold at
 * most as many as remain free, so that there is always room for the next peer. Thread-safe.
 */
final class HeldTokens {

  /** Heap per held connection, including a reserve for everything else. */
  private static final long BYTES_EACH = 512;

  private final TokenSource source;
  private final long max;
  private final AtomicLong live = new AtomicLong();

  /**
   * Creates a counter.
   *
   * @param source the source at which the connections are held
   * @param heapBytes the maximum size of the heap
   */
  HeldTokens(TokenSource source, long heapBytes) {
    this.source = source;
    this.max = heapBytes / BYTES_EACH;
  }

  /**
   * Holds a connection to a target, which counts until its token is released.
   *
   * @param target the target
   * @param before the number of connections that the same peer holds already
   * @throws LeaseException if the peer may not hold more
   */
  Token hold(Target target, int before) {
    long left = max - live.incrementAndGet();
    if (before > left) {
      live.decrementAndGet();
      throw new LeaseException(
          "this peer holds %d connections, and there is room for %d more (expected: room for as"
                  .formatted(before, left + 1)
              + " many as it holds; a larger heap of the generator raises the limit)");
    }
    return new Held(source.hold(target));
  }

  /** A held token, which is counted until its first release. */
  private final class Held implements Token {

    private final Token token;
    private final AtomicBoolean released = new AtomicBoolean();

    Held(Token token) {
      this.token = token;
    }

    @Override
    public Target target() {
      return token.target();
    }

    @Override
    public void release(Outcome outcome) {
      if (!released.getAndSet(true)) {
        live.decrementAndGet();
        token.release(outcome);
      }
    }
  }
}
