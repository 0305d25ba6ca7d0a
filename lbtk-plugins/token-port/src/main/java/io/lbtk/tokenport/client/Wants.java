package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
import io.lbtk.api.Token;
import io.lbtk.tokenport.protocol.PeerLines;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pending takes of one lease peer: combined into as few WANT lines as possible, sent again
 * after a lost connection, and failed at their timeout. Confined to the event loop.
 */
final class Wants {

  /** Maximum number of tokens requested at a time; further takes are queued. */
  static final int MAX_OUTSTANDING = 65_536;

  /**
   * Time after the timeout of a demand at which it fails here. Normally the generator answers at
   * the timeout.
   */
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Maximum number of WANTs of this tick that a new demand is compared with. */
  private static final int COMPARED = 4;

  /** Cancelled entries tolerated in the send queue before it is compacted. */
  private static final int MAX_CANCELLED = 64;

  /** The future of one take, and its place in a {@link Want}. */
  static final class PendingTake extends CompletableFuture<Token> {

    final Demand demand;
    private final Consumer<PendingTake> withdraw;

    // Confined to the event loop.
    private @Nullable Want want;
    private @Nullable PendingTake next;

    /**
     * Creates a pending take.
     *
     * @param demand the demand
     * @param withdraw called on cancellation, from any thread
     */
    PendingTake(Demand demand, Consumer<PendingTake> withdraw) {
      this.demand = demand;
      this.withdraw = withdraw;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean cancelled = super.cancel(mayInterruptIfRunning);
      if (cancelled) {
        withdraw.accept(this);
      }
      return cancelled;
    }
  }

  /**
   * Takes that are requested by one line, since they were made in the same tick with equal demands.
   * Tokens go to them in order.
   */
  private static final class Want {

    /** Identifies the answers; changed each time that the request is sent again. */
    long wid;

    final long tick;
    final long since;

    /** The demand of all takes; only their shortage observers differ. */
    final Demand demand;

    /** Number of takes that are neither answered nor withdrawn. */
    int waiting;

    /** Number of tokens requested and not received yet; 0 until the line is sent. */
    int requested;

    /** True if the line was sent on the current connection. */
    boolean sent;

    private @Nullable PendingTake first;
    private @Nullable PendingTake last;

    Want(long wid, long tick, long since, Demand demand) {
      this.wid = wid;
      this.tick = tick;
      this.since = since;
      this.demand = demand;
    }

    /** Returns whether a take can join. A want without waiting takes is about to be dropped. */
    boolean fits(Demand other) {
      return waiting > 0
          && waiting < PeerLines.MAX_WANT
          && demand.timeout().equals(other.timeout())
          && demand.excluded().equals(other.excluded())
          && demand.key().equals(other.key());
    }

    void add(PendingTake take) {
      take.want = this;
      if (last == null) {
        first = take;
      } else {
        last.next = take;
      }
      last = take;
      waiting++;
    }

    /** Removes and returns the first take that is not done; null if there is none. */
    @Nullable PendingTake next() {
      while (first != null) {
        PendingTake take = first;
        first = take.next;
        if (first == null) {
          last = null;
        }
        if (leave(take) && !take.isDone()) {
          return take;
        }
      }
      return null;
    }

    /** Removes a take from the count; returns false if it was removed before. */
    boolean leave(PendingTake take) {
      if (take.want == null) {
        return false;
      }
      take.want = null;
      waiting--;
      return true;
    }

    void report(Shortage shortage) {
      for (PendingTake take = first; take != null; take = take.next) {
        if (take.want != null && !take.isDone()) {
          take.demand.reportShortage(shortage);
        }
      }
    }

    long deadline() {
      return since + demand.timeout().toNanos();
    }
  }

  private final BiConsumer<PendingTake, Shortage> fail;
  private final LongObjectMap<Want> open = new LongObjectHashMap<>();
  private final Deque<Want> unsent = new ArrayDeque<>();
  private long lastWid;
  private long tick;
  private int outstanding;

  /**
   * Creates an empty queue.
   *
   * @param fail called for each take that ends without a token
   */
  Wants(BiConsumer<PendingTake, Shortage> fail) {
    this.fail = fail;
  }

  /**
   * Adds a take; it is requested by {@link #send}.
   *
   * @return the time of its {@linkplain #expire expiry}
   */
  long add(PendingTake take, long now, boolean connected) {
    Want want = fitting(take.demand);
    if (want == null) {
      want = new Want(++lastWid, tick, now, take.demand);
      open.put(want.wid, want);
      unsent.add(want);
    }
    want.add(take);
    return due(want, connected);
  }

  /** Returns the time at which a want fails without an answer. */
  private static long due(Want want, boolean connected) {
    return want.deadline() + (connected ? SLACK_NANOS : 0);
  }

  private @Nullable Want fitting(Demand demand) {
    Want last = unsent.peekLast();
    if (last == null || last.tick != tick) {
      return null;
    }
    if (last.fits(demand)) {
      return last;
    }
    Iterator<Want> latest = unsent.descendingIterator();
    for (int i = 0; i < COMPARED && latest.hasNext(); i++) {
      Want want = latest.next();
      if (want.tick == tick && want.fits(demand)) {
        return want;
      }
    }
    return null;
  }

  /** Ends the tick and sends the queued WANTs, if connected. */
  void send(PeerLines.@Nullable Writer out, long now) {
    long ended = tick++;
    while (out != null && !unsent.isEmpty()) {
      Want want = unsent.peek();
      if (outstanding + want.waiting > MAX_OUTSTANDING) {
        return;
      }
      unsent.remove();
      if (want.waiting > 0) {
        want.sent = true;
        want.requested = want.waiting;
        outstanding += want.requested;
        out.want(want.wid, want.requested, want.tick == ended ? want.demand : remaining(want, now));
      }
    }
  }

  /** Returns the demand with the time that is left. */
  private static Demand remaining(Want want, long now) {
    Duration left = want.demand.timeout().minusNanos(now - want.since);
    return want.demand.timeout(left.isNegative() ? Duration.ZERO : left);
  }

  /** Returns the take that gets a token received for a WANT, or null if none is pending. */
  @Nullable PendingTake answered(long wid, PeerLines.@Nullable Writer out) {
    Want want = open.get(wid);
    if (want == null || !want.sent) {
      return null;
    }
    want.requested--;
    outstanding--;
    PendingTake take = want.next();
    cancelIfEmpty(want, out);
    return take;
  }

  /** Handles a shortage that the generator reports for a WANT. */
  void shortage(long wid, Shortage shortage) {
    Want want = open.get(wid);
    if (want == null || !want.sent) {
      return;
    }
    if (shortage == Shortage.EMPTY || shortage == Shortage.BUSY) {
      want.report(shortage);
      return;
    }
    failAll(want, shortage);
    drop(want);
  }

  /** Withdraws a take that was cancelled. */
  void withdraw(PendingTake take, PeerLines.@Nullable Writer out) {
    Want want = take.want;
    if (want != null && want.leave(take)) {
      cancelIfEmpty(want, out);
    }
  }

  /** Drops a WANT without waiting takes, and cancels it if tokens are still requested. */
  private void cancelIfEmpty(Want want, PeerLines.@Nullable Writer out) {
    if (want.waiting > 0) {
      return;
    }
    if (want.requested > 0 && want.sent && out != null) {
      out.cancel(want.wid);
    }
    drop(want);
  }

  private void drop(Want want) {
    open.remove(want.wid);
    outstanding -= want.requested;
    want.requested = 0;
    if (!want.sent && unsent.size() > 2 * open.size() + MAX_CANCELLED) {
      unsent.removeIf(cancelled -> cancelled.waiting == 0);
    }
  }

  private void failAll(Want want, Shortage shortage) {
    for (PendingTake take = want.next(); take != null; take = want.next()) {
      fail.accept(take, shortage);
    }
  }

  /**
   * Queues all wants again in their order, since the generator has lost them. They get new wids, so
   * that answers to earlier requests are ignored.
   */
  void requeueAll() {
    List<Want> all = new ArrayList<>(open.values());
    all.sort(Comparator.comparingLong(want -> want.wid));
    open.clear();
    unsent.clear();
    outstanding = 0;
    for (Want want : all) {
      want.wid = ++lastWid;
      want.sent = false;
      want.requested = 0;
      open.put(want.wid, want);
      unsent.add(want);
    }
  }

  /**
   * Fails the takes whose timeout has passed.
   *
   * @return the time of the next expiry, or {@code now} if no take is pending
   */
  long expire(long now, PeerLines.@Nullable Writer out) {
    long next = now;
    for (Want want : List.copyOf(open.values())) {
      long left = due(want, out != null) - now;
      if (left > 0) {
        next = next == now ? now + left : Math.min(next - now, left) + now;
        continue;
      }
      if (want.sent && out != null) {
        out.cancel(want.wid);
      }
      failAll(want, Shortage.EXPIRED);
      drop(want);
    }
    return next;
  }

  /** Fails all takes. */
  void close() {
    List<Want> all = List.copyOf(open.values());
    open.clear();
    unsent.clear();
    for (Want want : all) {
      failAll(want, Shortage.CLOSED);
    }
  }
}
