package io.lbtk.tokenport.server;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.OnLoop;
import io.lbtk.tokenport.protocol.LeaseException;
import io.lbtk.tokenport.protocol.Word;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open WANTs of one lease peer. Confined to the event loop of the peer.
 *
 * <p>One token at a time is taken for each WANT. A peer that wants many thus takes turns with the
 * others, and needs little memory.
 */
final class PeerWants {

  /** Maximum number of outstanding tokens. */
  static final int MAX_OUTSTANDING = 65536;

  private static final Logger log = LoggerFactory.getLogger(PeerWants.class);

  /** Receives the answers. */
  interface Answers {

    /** Returns whether a token can be sent now; if not, {@link PeerWants#resume} must follow. */
    boolean hasRoom();

    /** Sends a token. */
    void token(Word wid, Token token);

    /** Sends a shortage. */
    void none(Word wid, Shortage shortage);

    /** Called when the source is closed: no token will follow. */
    void sourceClosed();

    /** Called after answers that do not follow directly from a line that was read. */
    void answered();
  }

  /** One WANT of the peer, while tokens of it are outstanding. */
  private static final class Want {

    final Word wid;
    final Demand demand;

    /** End of its timeout, by the ticker. */
    final long deadline;

    /** Shortages that were reported to the peer. */
    final EnumSet<Shortage> reported = EnumSet.noneOf(Shortage.class);

    /** Number of tokens still to be sent; 0 when the want has ended. */
    int remaining;

    /** The pending take; one at a time. */
    @Nullable CompletableFuture<Token> pending;

    Want(Word wid, int count, Demand demand, long deadline) {
      this.wid = wid;
      this.remaining = count;
      this.demand = demand;
      this.deadline = deadline;
    }
  }

  private final TokenSource source;
  private final EventExecutor loop;
  private final Ticker ticker;
  private final Answers answers;
  private final Map<Word, Want> open = new HashMap<>();
  private final ArrayDeque<Want> stalled = new ArrayDeque<>();
  private int outstanding;

  PeerWants(TokenSource source, EventExecutor loop, Ticker ticker, Answers answers) {
    this.source = source;
    this.loop = loop;
    this.ticker = ticker;
    this.answers = answers;
  }

  /** Returns the number of outstanding tokens. */
  int outstanding() {
    return outstanding;
  }

  /** Adds a WANT, and serves it as far as possible now. */
  void add(Word wid, int count, Demand demand) {
    if (open.containsKey(wid)) {
      throw new LeaseException("a wid that is in use (expected: another for each WANT)");
    }
    if (outstanding + count > MAX_OUTSTANDING) {
      throw new LeaseException(
          "more than %d tokens outstanding (expected: fewer)".formatted(MAX_OUTSTANDING));
    }
    long deadline = ticker.nanoTime() + demand.timeout().toNanos();
    Want want = new Want(wid, count, demand, deadline);
    outstanding += count;
    serve(want, demand);
    if (want.remaining > 0) {
      open.put(wid, want);
    }
  }

  /** Takes tokens for a want until it is complete or has to wait. */
  private void serve(Want want, Demand demand) {
    Demand observed = demand.whileWaiting(shortage -> reportShortage(want, shortage));
    while (want.remaining > 0) {
      if (!answers.hasRoom()) {
        stalled.add(want);
        return;
      }
      CompletableFuture<Token> future = source.take(observed);
      if (!future.isDone()) {
        await(want, future);
        return;
      }
      answer(want, future);
    }
  }

  private void await(Want want, CompletableFuture<Token> future) {
    want.pending = future;
    var unused =
        future.whenComplete(
            (token, failure) -> {
              Runnable back = () -> releaseUnused(token);
              OnLoop.post(loop, () -> arrived(want, future, token), back);
            });
  }

  private static void releaseUnused(@Nullable Token token) {
    if (token != null) {
      token.release(Outcome.unused());
    }
  }

  private void arrived(Want want, CompletableFuture<Token> future, @Nullable Token token) {
    if (want.pending != future) {
      releaseUnused(token);
      return;
    }
    want.pending = null;
    answer(want, future);
    proceed(want);
    answers.answered();
  }

  /** Resumes a want that had to wait. */
  private void proceed(Want want) {
    if (want.remaining > 0) {
      long left = Math.max(0, want.deadline - ticker.nanoTime());
      serve(want, want.demand.timeout(Duration.ofNanos(left)));
    }
    if (want.remaining == 0) {
      open.remove(want.wid, want);
    }
  }

  /** Sends the result of a completed take. */
  private void answer(Want want, CompletableFuture<Token> future) {
    try {
      Token token = future.join();
      want.remaining--;
      outstanding--;
      answers.token(want.wid, token);
    } catch (CompletionException e) {
      end(want);
      refuse(want, e.getCause());
    }
  }

  private void refuse(Want want, @Nullable Throwable cause) {
    Shortage shortage = Shortage.EXPIRED;
    if (cause instanceof NoTokenException none) {
      shortage = none.shortage();
    } else {
      log.error("the token source failed a demand unexpectedly", cause);
    }
    switch (shortage) {
      case EXCLUDED, EXPIRED -> answers.none(want.wid, shortage);
      case EMPTY, BUSY -> {
        report(want, shortage);
        answers.none(want.wid, Shortage.EXPIRED);
      }
      case CLOSED -> answers.sourceClosed();
    }
  }

  /** Handles a shortage that the source reports for a waiting demand. Any thread. */
  private void reportShortage(Want want, Shortage shortage) {
    OnLoop.post(
        loop,
        () -> {
          if (want.remaining > 0) {
            report(want, shortage);
            answers.answered();
          }
        },
        () -> log.trace("the port is closed"));
  }

  private void report(Want want, Shortage shortage) {
    if (want.reported.add(shortage)) {
      answers.none(want.wid, shortage);
    }
  }

  /** Resumes when there is room again. */
  void resume() {
    while (!stalled.isEmpty() && answers.hasRoom()) {
      proceed(stalled.remove());
    }
  }

  /** Cancels a want; returns false if the wid is unknown. */
  boolean cancel(Word wid) {
    Want want = open.remove(wid);
    if (want == null) {
      return false;
    }
    end(want);
    return true;
  }

  /** Cancels all wants. */
  void cancelAll() {
    new ArrayList<>(open.values()).forEach(this::end);
    open.clear();
    stalled.clear();
  }

  private void end(Want want) {
    outstanding -= want.remaining;
    want.remaining = 0;
    CompletableFuture<Token> pending = want.pending;
    want.pending = null;
    if (pending != null) {
      // A token that is given concurrently is released by the source, or on arrival.
      pending.cancel(false);
    }
  }
}
