package io.lbtk.tokenport.server;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.net.OnLoop;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals tokens to the PULL peers of a port: in the order of the source, each to one of those that
 * have room, by chance. A token is taken only when somebody has room.
 *
 * <p>Works on one event loop; its methods may be called from any thread.
 */
final class OpenQueue {

  private static final Logger log = LoggerFactory.getLogger(OpenQueue.class);
  private static final Demand DEMAND = Demand.any().timeout(Duration.ofHours(1));
  private static final long REST_MILLIS = 500;

  /** The place of a peer in the queue. */
  static final class Seat {
    private final PullPeer peer;
    private int room;
    private int index = -1;
    private List<Token> dealt = new ArrayList<>();

    Seat(PullPeer peer) {
      this.peer = peer;
    }
  }

  private final EventExecutor loop;
  private final TokenSource source;

  /** The seats that have room, in no order. */
  private final List<Seat> roomy = new ArrayList<>();

  /** The seats that were dealt something that is not sent yet. */
  private final Set<Seat> dealtTo = new LinkedHashSet<>();

  /** Tokens that are taken and not dealt, or that came back from a peer that went. */
  private final ArrayDeque<Token> inHand = new ArrayDeque<>();

  private @Nullable CompletableFuture<Token> pending;
  private boolean dealing;
  private boolean resting;

  /** Whether the last failure of the source was an unexpected one, which is logged. */
  private boolean failing;

  private boolean closed;

  OpenQueue(EventExecutor loop, TokenSource source) {
    this.loop = loop;
    this.source = source;
  }

  /** The peer can take so many more. */
  void room(Seat seat, int more) {
    onLoop(
        () -> {
          seat.room += more;
          if (seat.index < 0) {
            seat.index = roomy.size();
            roomy.add(seat);
          }
          deal();
        });
  }

  /** The peer takes no more. */
  void leave(Seat seat) {
    onLoop(
        () -> {
          noRoom(seat);
          deal();
        });
  }

  /** Takes back what was not sent. */
  void takeBack(List<Token> tokens) {
    OnLoop.run(
        loop,
        () -> {
          inHand.addAll(tokens);
          deal();
        },
        () -> tokens.forEach(token -> token.release(Outcome.unused())));
  }

  /** Ends it: what it has goes back. */
  void close() {
    onLoop(
        () -> {
          closed = true;
          roomy.forEach(seat -> seat.index = -1);
          roomy.clear();
          deal();
        });
  }

  private void onLoop(Runnable task) {
    OnLoop.run(loop, task, () -> log.trace("the port was closed: nothing is dealt any more"));
  }

  private void noRoom(Seat seat) {
    seat.room = 0;
    if (seat.index >= 0) {
      Seat last = roomy.remove(roomy.size() - 1);
      if (last != seat) {
        roomy.set(seat.index, last);
        last.index = seat.index;
      }
      seat.index = -1;
    }
  }

  private void deal() {
    if (dealing) {
      return;
    }
    dealing = true;
    try {
      while (dealRound()) {
        send();
      }
    } finally {
      dealing = false;
    }
    if (roomy.isEmpty() || closed) {
      giveBack();
    }
  }

  /** Deals as much as can be had now and as there is room for; false if that is nothing. */
  private boolean dealRound() {
    boolean any = false;
    while (!roomy.isEmpty() && !closed) {
      Token token = inHand.isEmpty() ? take() : inHand.remove();
      if (token == null) {
        break;
      }
      any = true;
      Seat seat = roomy.get(ThreadLocalRandom.current().nextInt(roomy.size()));
      seat.dealt.add(token);
      dealtTo.add(seat);
      if (--seat.room == 0) {
        noRoom(seat);
      }
    }
    return any;
  }

  private void send() {
    List<Seat> seats = List.copyOf(dealtTo);
    dealtTo.clear();
    for (Seat seat : seats) {
      List<Token> dealt = seat.dealt;
      seat.dealt = new ArrayList<>();
      seat.peer.send(dealt);
    }
  }

  /** The next token of the source, if it has one now; else it will call. */
  private @Nullable Token take() {
    if (pending != null || resting) {
      return null;
    }
    CompletableFuture<Token> future = askSource();
    if (future.isDone() && !future.isCompletedExceptionally()) {
      failing = false;
      return future.join();
    }
    pending = future;
    var unused = future.whenComplete((token, failure) -> arrived(future, token, failure));
    return null;
  }

  /** Takes from the source; what it throws, which it must not, is handled as a failed demand. */
  private CompletableFuture<Token> askSource() {
    try {
      return source.take(DEMAND);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A token that was waited for, or why there is none. Any thread. */
  private void arrived(
      CompletableFuture<Token> future, @Nullable Token token, @Nullable Throwable failure) {
    OnLoop.post(
        loop,
        () -> {
          boolean awaited = pending == future;
          if (awaited) {
            pending = null;
          }
          if (token != null) {
            failing = false;
            inHand.add(token);
          } else if (awaited) {
            rest(failure);
          }
          deal();
        },
        () -> {
          if (token != null) {
            token.release(Outcome.unused());
          }
        });
  }

  /** The source has failed a demand that is patient: it is asked again, but not all the time. */
  private void rest(@Nullable Throwable failure) {
    Shortage shortage = failure instanceof NoTokenException none ? none.shortage() : null;
    if (shortage == Shortage.CLOSED) {
      closed = true;
      return;
    }
    logFailure(failure);
    resting = true;
    loop.schedule(
        () -> {
          resting = false;
          deal();
        },
        REST_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Logs once what is no answer of a token source, until the source gives a token again. */
  private void logFailure(@Nullable Throwable failure) {
    if (failure instanceof NoTokenException || failing) {
      log.debug("no token for the open queue", failure);
    } else {
      failing = true;
      log.error("the token source failed unexpectedly; PULL peers get no tokens", failure);
    }
  }

  /** Nobody has room: no token is kept for nobody. */
  private void giveBack() {
    CompletableFuture<Token> future = pending;
    pending = null;
    if (future != null) {
      // A token that crosses this goes back: by the source, or when it arrives.
      future.cancel(false);
    }
    while (!inHand.isEmpty()) {
      inHand.remove().release(Outcome.unused());
    }
  }
}
