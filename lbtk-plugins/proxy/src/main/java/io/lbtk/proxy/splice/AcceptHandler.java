package io.lbtk.proxy.splice;

import io.netty.channel.unix.Socket;

/** Who takes the connections that are accepted on a loop; called on that loop. */
public interface AcceptHandler {

  /**
   * Asks for the place of one more connection, before it is accepted. If there is none, no other is
   * accepted until {@link #whenRoom} says so.
   */
  default boolean reserve() {
    return true;
  }

  /** A place that was reserved is not needed: nobody was there. */
  default void giveBack() {}

  /** Runs a task on the loop, once, when there may be a place. */
  default void whenRoom(Runnable resume) {}

  /**
   * One connection was accepted, and will begin.
   *
   * @param now as {@link System#nanoTime} says it
   * @return for how many nanoseconds no other is to be accepted; 0 for none
   */
  default long accepted(long now) {
    return 0;
  }

  /**
   * A connection begins.
   *
   * @param accepted does not block; it is to be closed by whoever takes it
   */
  void begin(Socket accepted);
}
