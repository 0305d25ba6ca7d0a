package io.lbtk.tokenport.server;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.tokenport.protocol.LeaseException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections that the peers of a port have declared by HOLD, all together: a peer can declare
 * a million by one line, so they are bounded by what the heap has room for. A single peer may hold
 * as many as are left free for the others, so half of them if it is alone: whatever it declares,
 * the next peer has room. Thread-safe.
 */
final class HeldTokens {

  /** What a connection that is held may cost, with room for all else. */
  private static final long BYTES_EACH = 512;

  private final TokenSource source;
  private final long most;
  private final AtomicLong live = new AtomicLong();

  /**
   * None are held yet.
   *
   * @param source counts them
   * @param heapBytes the size of the heap
   */
  HeldTokens(TokenSource source, long heapBytes) {
    this.source = source;
    this.most = heapBytes / BYTES_EACH;
  }

  /**
   * Counts one more, until its token is released.
   *
   * @param before how many the same peer holds already
   * @throws LeaseException if that is its share
   */
  Token hold(Target target, int before) {
    long left = most - live.incrementAndGet();
    if (before > left) {
      live.decrementAndGet();
      throw new LeaseException(
          "this peer holds %d connections, and there is room for %d more (expected: for as many as"
                  .formatted(before, left + 1)
              + " it holds; a larger heap of the generator has room)");
    }
    return new Held(source.hold(target));
  }

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
