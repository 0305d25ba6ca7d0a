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
 * Distributes tokens to the PULL peers of a port, in the order of the source, each to a random peer
 * that has room. A token is taken only while a peer has room.
 *
 * <p>Works on one event loop; its methods may be called from any thread.
 */
final class OpenQueue {

  private static final Logger log = LoggerFactory.getLogger(OpenQueue.class);
  private static final Demand DEMAND = Demand.any().timeout(Duration.ofHours(1));
  private static final long PAUSE_MILLIS = 500;

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

  /** Seats that have room, unordered. */
  private final List<Seat> withRoom = new ArrayList<>();

  /** Seats with dealt tokens that are not sent yet. */
  private final Set<Seat> dealtTo = new LinkedHashSet<>();

  /** Tokens that are taken but not dealt, or that were returned by a peer. */
  private final ArrayDeque<Token> available = new ArrayDeque<>();

  private @Nullable CompletableFuture<Token> pending;
  private boolean dealing;
  private boolean paused;

  /** True after an unexpected failure of the source, which was logged. */
  private boolean failing;

  private boolean closed;

  OpenQueue(EventExecutor loop, TokenSource source) {
    this.loop = loop;
    this.source = source;
  }

  /** Adds room of a peer for further tokens. */
  void room(Seat seat, int more) {
    onLoop(
        () -> {
          seat.room += more;
          if (seat.index < 0) {
            seat.index = withRoom.size();
            withRoom.add(seat);
          }
          deal();
        });
  }

  /** Removes a peer from the queue. */
  void leave(Seat seat) {
    onLoop(
        () -> {
          noRoom(seat);
          deal();
        });
  }

  /** Takes back tokens that were not sent. */
  void takeBack(List<Token> tokens) {
    OnLoop.run(
        loop,
        () -> {
          available.addAll(tokens);
          deal();
        },
        () -> tokens.forEach(token -> token.release(Outcome.unused())));
  }

  /** Closes the queue and releases its tokens. */
  void close() {
    onLoop(
        () -> {
          closed = true;
          withRoom.forEach(seat -> seat.index = -1);
          withRoom.clear();
          deal();
        });
  }

  private void onLoop(Runnable task) {
    OnLoop.run(loop, task, () -> log.trace("the port is closed"));
  }

  private void noRoom(Seat seat) {
    seat.room = 0;
    if (seat.index >= 0) {
      Seat last = withRoom.remove(withRoom.size() - 1);
      if (last != seat) {
        withRoom.set(seat.index, last);
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
    if (withRoom.isEmpty() || closed) {
      releaseAll();
    }
  }

  /** Deals the tokens that are available now, as far as there is room; false if there were none. */
  private boolean dealRound() {
    boolean any = false;
    while (!withRoom.isEmpty() && !closed) {
      Token token = available.isEmpty() ? take() : available.remove();
      if (token == null) {
        break;
      }
      any = true;
      Seat seat = withRoom.get(ThreadLocalRandom.current().nextInt(withRoom.size()));
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

  /** Returns the next token of the source, or null if it will arrive later. */
  private @Nullable Token take() {
    if (pending != null || paused) {
      return null;
    }
    CompletableFuture<Token> future = takeFromSource();
    if (future.isDone() && !future.isCompletedExceptionally()) {
      failing = false;
      return future.join();
    }
    pending = future;
    var unused = future.whenComplete((token, failure) -> arrived(future, token, failure));
    return null;
  }

  /**
   * Takes from the source. An exception, which violates the contract, counts as a failed demand.
   */
  private CompletableFuture<Token> takeFromSource() {
    try {
      return source.take(DEMAND);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Handles the result of a pending take. Any thread. */
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
            available.add(token);
          } else if (awaited) {
            pause(failure);
          }
          deal();
        },
        () -> {
          if (token != null) {
            token.release(Outcome.unused());
          }
        });
  }

  /** Pauses after a failed take, so that a failing source is not called in a loop. */
  private void pause(@Nullable Throwable failure) {
    Shortage shortage = failure instanceof NoTokenException none ? none.shortage() : null;
    if (shortage == Shortage.CLOSED) {
      closed = true;
      return;
    }
    logFailure(failure);
    paused = true;
    loop.schedule(
        () -> {
          paused = false;
          deal();
        },
        PAUSE_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  /** Logs an unexpected failure once, until the source gives a token again. */
  private void logFailure(@Nullable Throwable failure) {
    if (failure instanceof NoTokenException || failing) {
      log.debug("no token for the open queue", failure);
    } else {
      failing = true;
      log.error("the token source failed unexpectedly; PULL peers get no tokens", failure);
    }
  }

  /** Returns all tokens to the source, since no peer has room. */
  private void releaseAll() {
    CompletableFuture<Token> future = pending;
    pending = null;
    if (future != null) {
      // A token that is given concurrently is released by the source, or on arrival.
      future.cancel(false);
    }
    while (!available.isEmpty()) {
      available.remove().release(Outcome.unused());
    }
  }
}
