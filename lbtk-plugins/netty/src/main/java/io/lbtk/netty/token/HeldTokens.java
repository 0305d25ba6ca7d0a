package io.lbtk.netty.token;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.netty.lease.LeaseException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The connections that the peers of a port have declared by HOLD, all together: a peer can declare
 * a million by one line, so they are bounded by what the heap has room for. Thread-safe.
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
   * @throws LeaseException if there are as many as there may be
   */
  Token hold(Target target) {
    if (live.incrementAndGet() > most) {
      live.decrementAndGet();
      throw new LeaseException(
          "all peers together hold %d connections (expected: no more; a larger heap has room)"
              .formatted(most));
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
