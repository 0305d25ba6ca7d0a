package io.lbtk.proxy.udp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and no target has certainly received: few datagrams, and bounded for the
 * whole loop.
 */
public final class HeldDatagrams {

  /** More of one client are dropped. */
  public static final int MOST = 16;

  /** About what an array and its place in a queue take beside the bytes. */
  private static final int OVERHEAD = 64;

  private final Budget budget;
  private final Deque<byte[]> datagrams = new ArrayDeque<>(2);

  HeldDatagrams(Budget budget) {
    this.budget = budget;
  }

  /** The memory that all of one loop share. */
  static final class Budget {

    private final long most;
    private long used;

    /** Nothing is held yet. */
    Budget(long mostBytes) {
      this.most = mostBytes;
    }

    /** Bytes in use. */
    long used() {
      return used;
    }
  }

  /** Keeps a copy; false if there is no room for it. */
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

  /** Moves those of the other to the front of these, whatever room there is. */
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

  /** Copies the first into a buffer, ready to be sent; false if there is none. */
  boolean copyFirst(ByteBuffer into) {
    byte[] first = datagrams.peekFirst();
    if (first == null) {
      return false;
    }
    into.clear().put(first).flip();
    return true;
  }

  /** Forgets the first. */
  void removeFirst() {
    released(datagrams.pollFirst());
  }

  /** Forgets all. */
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
