package io.lbtk.proxy.udp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of a client that a target may not have received: a small number, bounded for the whole
 * event loop.
 */
public final class HeldDatagrams {

  /** The largest number of datagrams of a client; more are dropped. */
  public static final int MOST = 16;

  /** The approximate overhead of an array and its place in a queue, in bytes. */
  private static final int OVERHEAD = 64;

  private final Budget budget;
  private final Deque<byte[]> datagrams = new ArrayDeque<>(2);

  HeldDatagrams(Budget budget) {
    this.budget = budget;
  }

  /** The memory that all datagrams of an event loop share. */
  static final class Budget {

    private final long most;
    private long used;

    /** Creates a budget. */
    Budget(long mostBytes) {
      this.most = mostBytes;
    }

    /** Returns the number of bytes in use. */
    long used() {
      return used;
    }
  }

  /** Adds a copy; returns false if there is no room for it. */
  boolean add(ByteBuffer datagram) {
    int cost = datagram.limit() + OVERHEAD;
    if (datagrams.size() >= MOST || budget.used + cost > budget.most) {
      return false;
    }
    byte[] copy = new byte[datagram.limit()];
    datagram.get(0, copy);
    datagrams.addLast(copy);
    budget.used += cost;
    return true;
  }

  /** Moves all datagrams of the other to the front of these, regardless of the limits. */
  void prepend(HeldDatagrams other) {
    byte[] last = other.datagrams.pollLast();
    while (last != null) {
      other.released(last);
      datagrams.addFirst(last);
      budget.used += last.length + OVERHEAD;
      last = other.datagrams.pollLast();
    }
  }

  boolean isEmpty() {
    return datagrams.isEmpty();
  }

  /** Copies the first datagram into a buffer, ready to be sent; returns false if there is none. */
  boolean copyFirst(ByteBuffer into) {
    byte[] first = datagrams.peekFirst();
    if (first == null) {
      return false;
    }
    into.clear().put(first).flip();
    return true;
  }

  /** Removes the first datagram. */
  void removeFirst() {
    released(datagrams.pollFirst());
  }

  /** Removes all datagrams. */
  void clear() {
    while (!datagrams.isEmpty()) {
      removeFirst();
    }
  }

  private void released(byte @Nullable [] datagram) {
    if (datagram != null) {
      budget.used -= datagram.length + OVERHEAD;
    }
  }
}
