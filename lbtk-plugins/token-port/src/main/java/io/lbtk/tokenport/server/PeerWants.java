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
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one lease peer wants and has not got yet. Belongs to the peer's event loop.
 *
 * <p>Of each WANT one token at a time is asked for, so that a peer that wants many takes turns with
 * the others, and so that little is kept for it.
 */
final class PeerWants {

  /** The most tokens that may be outstanding. */
  static final int MAX_OUTSTANDING = 65536;

  private static final Logger log = LoggerFactory.getLogger(PeerWants.class);

  /** Takes the answers. */
  interface Answers {

    /** Whether a token can be sent now; if not, {@link PeerWants#resume} says when. */
    boolean hasRoom();

    void token(Word wid, Token token);

    void none(Word wid, Shortage shortage);

    /** There will be no token any more. */
    void sourceClosed();

    /** Something was answered on its own account, rather than to a line that was just read. */
    void answered();
  }

  private final TokenSource source;
  private final EventExecutor loop;
  private final Ticker ticker;
  private final Answers answers;
  private final Map<Word, PeerWant> open = new HashMap<>();
  private final ArrayDeque<PeerWant> stalled = new ArrayDeque<>();
  private int outstanding;

  PeerWants(TokenSource source, EventExecutor loop, Ticker ticker, Answers answers) {
    this.source = source;
    this.loop = loop;
    this.ticker = ticker;
    this.answers = answers;
  }

  /** How many tokens are outstanding. */
  int outstanding() {
    return outstanding;
  }

  /** Serves a WANT, as far as that can be done now. */
  void add(Word wid, int count, Demand demand) {
    if (open.containsKey(wid)) {
      throw new LeaseException("a wid that is in use (expected: another for each WANT)");
    }
    if (outstanding + count > MAX_OUTSTANDING) {
      throw new LeaseException(
          "more than %d tokens outstanding (expected: fewer)".formatted(MAX_OUTSTANDING));
    }
    long deadline = ticker.nanoTime() + demand.timeout().toNanos();
    PeerWant want = new PeerWant(wid, count, demand, deadline);
    outstanding += count;
    serve(want, demand);
    if (want.remaining > 0) {
      open.put(wid, want);
    }
  }

  /** Takes tokens for a want until it has all, or has to wait. */
  private void serve(PeerWant want, Demand demand) {
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

  private void await(PeerWant want, CompletableFuture<Token> future) {
    want.pending = future;
    var unused =
        future.whenComplete(
            (token, failure) -> {
              Runnable back = () -> giveBack(token);
              OnLoop.post(loop, () -> arrived(want, future, token), back);
            });
  }

  private static void giveBack(@Nullable Token token) {
    if (token != null) {
      token.release(Outcome.unused());
    }
  }

  private void arrived(PeerWant want, CompletableFuture<Token> future, @Nullable Token token) {
    if (want.pending != future) {
      giveBack(token);
      return;
    }
    want.pending = null;
    answer(want, future);
    proceed(want);
    answers.answered();
  }

  /** Goes on with a want that had to wait. */
  private void proceed(PeerWant want) {
    if (want.remaining > 0) {
      long left = Math.max(0, want.deadline - ticker.nanoTime());
      serve(want, want.demand.timeout(Duration.ofNanos(left)));
    }
    if (want.remaining == 0) {
      open.remove(want.wid, want);
    }
  }

  /** Passes on what a future has that is done. */
  private void answer(PeerWant want, CompletableFuture<Token> future) {
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

  private void refuse(PeerWant want, @Nullable Throwable cause) {
    Shortage shortage = Shortage.EXPIRED;
    if (cause instanceof NoTokenException none) {
      shortage = none.shortage();
    } else {
      log.error("a token source failed a demand with something else than a shortage", cause);
    }
    switch (shortage) {
      case EXCLUDED, EXPIRED -> answers.none(want.wid, shortage);
      case EMPTY, BUSY -> {
        tell(want, shortage);
        answers.none(want.wid, Shortage.EXPIRED);
      }
      case CLOSED -> answers.sourceClosed();
    }
  }

  /** Called by the source, from any thread, for a demand that has to wait. */
  private void reportShortage(PeerWant want, Shortage shortage) {
    OnLoop.post(
        loop,
        () -> {
          if (want.remaining > 0) {
            tell(want, shortage);
            answers.answered();
          }
        },
        () -> log.trace("the port was closed: nobody is left to be told"));
  }

  private void tell(PeerWant want, Shortage shortage) {
    if (want.told.add(shortage)) {
      answers.none(want.wid, shortage);
    }
  }

  /** Goes on after there was no room. */
  void resume() {
    while (!stalled.isEmpty() && answers.hasRoom()) {
      proceed(stalled.remove());
    }
  }

  /** Ends a want; false if there is none of that wid. */
  boolean cancel(Word wid) {
    PeerWant want = open.remove(wid);
    if (want == null) {
      return false;
    }
    end(want);
    return true;
  }

  /** Ends all wants. */
  void cancelAll() {
    new ArrayList<>(open.values()).forEach(this::end);
    open.clear();
    stalled.clear();
  }

  private void end(PeerWant want) {
    outstanding -= want.remaining;
    want.remaining = 0;
    CompletableFuture<Token> pending = want.pending;
    want.pending = null;
    if (pending != null) {
      // A token that crosses this goes back: by the source, or when it arrives.
      pending.cancel(false);
    }
  }
}
