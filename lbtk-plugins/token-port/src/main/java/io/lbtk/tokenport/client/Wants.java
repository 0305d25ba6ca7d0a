package io.lbtk.tokenport.client;

import io.lbtk.api.Demand;
import io.lbtk.api.Shortage;
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
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The demands of one lease peer that wait: collected into as few WANTs as they fit in, asked again
 * after a lost connection, and ended when their time is over. Belongs to the event loop.
 */
final class Wants {

  /** At most so many tokens are asked for at a time; further demands wait here. */
  static final int MAX_OUTSTANDING = 65_536;

  /**
   * The generator says when the time of a demand is over; one that it says nothing of ends here, so
   * much later.
   */
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How many of the WANTs of this tick a demand is compared with. */
  private static final int COMPARED = 4;

  /** So many that nobody waits for any more may stand among those to be asked. */
  private static final int FORGOTTEN = 64;

  private final BiConsumer<LeaseDemand, Shortage> end;
  private final LongObjectMap<Want> open = new LongObjectHashMap<>();
  private final Deque<Want> unsent = new ArrayDeque<>();
  private long lastWid;
  private long tick;
  private int outstanding;

  /**
   * No demands yet.
   *
   * @param end told of each demand that ends without a token
   */
  Wants(BiConsumer<LeaseDemand, Shortage> end) {
    this.end = end;
  }

  /** Adds a demand; it is asked for by {@link #send}. */
  Want add(LeaseDemand one, long now) {
    Want want = fitting(one.demand);
    if (want == null) {
      want = new Want(++lastWid, tick, now, one.demand);
      open.put(want.wid, want);
      unsent.add(want);
    }
    want.add(one);
    return want;
  }

  /** When this one ends here, if the generator says nothing. */
  static long due(Want want, boolean connected) {
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

  /** Ends the tick: asks for what was not asked for yet, if there is somebody to ask. */
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
        want.asked = want.waiting;
        outstanding += want.asked;
        out.want(want.wid, want.asked, want.tick == ended ? want.demand : left(want, now));
      }
    }
  }

  private static Demand left(Want want, long now) {
    Duration left = want.demand.timeout().minusNanos(now - want.since);
    return want.demand.timeout(left.isNegative() ? Duration.ZERO : left);
  }

  /** Who gets the token that came for a WANT; null if nobody wants it any more. */
  @Nullable LeaseDemand answered(long wid, PeerLines.@Nullable Writer out) {
    Want want = open.get(wid);
    if (want == null || !want.sent) {
      return null;
    }
    want.asked--;
    outstanding--;
    LeaseDemand one = want.next();
    add(want, out);
    return one;
  }

  /** What the generator says of a WANT that it cannot serve. */
  void shortage(long wid, Shortage shortage) {
    Want want = open.get(wid);
    if (want == null || !want.sent) {
      return;
    }
    if (shortage == Shortage.EMPTY || shortage == Shortage.BUSY) {
      want.tell(shortage);
      return;
    }
    endAll(want, shortage);
    drop(want);
  }

  /** Nobody waits for this any more. */
  void withdraw(LeaseDemand one, PeerLines.@Nullable Writer out) {
    Want want = one.want;
    if (want != null && want.leave(one)) {
      add(want, out);
    }
  }

  /** Forgets a WANT that nobody waits for, and calls back what was asked for in vain. */
  private void add(Want want, PeerLines.@Nullable Writer out) {
    if (want.waiting > 0) {
      return;
    }
    if (want.asked > 0 && want.sent && out != null) {
      out.cancel(want.wid);
    }
    drop(want);
  }

  private void drop(Want want) {
    open.remove(want.wid);
    outstanding -= want.asked;
    want.asked = 0;
    if (!want.sent && unsent.size() > 2 * open.size() + FORGOTTEN) {
      unsent.removeIf(one -> one.waiting == 0);
    }
  }

  private void endAll(Want want, Shortage shortage) {
    for (LeaseDemand one = want.next(); one != null; one = want.next()) {
      end.accept(one, shortage);
    }
  }

  /**
   * The generator knows of no demand any more: all are to be asked for again, in their order. An
   * answer to what was asked before is for nobody.
   */
  void forgotten() {
    List<Want> all = new ArrayList<>(open.values());
    all.sort(Comparator.comparingLong(want -> want.wid));
    open.clear();
    unsent.clear();
    outstanding = 0;
    for (Want want : all) {
      want.wid = ++lastWid;
      want.sent = false;
      want.asked = 0;
      open.put(want.wid, want);
      unsent.add(want);
    }
  }

  /**
   * Ends every demand whose time is over.
   *
   * @return when to do it again, at the latest; {@code now} if nothing waits
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
      endAll(want, Shortage.EXPIRED);
      drop(want);
    }
    return next;
  }

  /** Ends every demand. */
  void close() {
    List<Want> all = List.copyOf(open.values());
    open.clear();
    unsent.clear();
    for (Want want : all) {
      endAll(want, Shortage.CLOSED);
    }
  }
}
