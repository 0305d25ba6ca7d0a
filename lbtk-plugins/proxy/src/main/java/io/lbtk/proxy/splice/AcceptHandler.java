package io.lbtk.proxy.splice;

import io.netty.channel.unix.Socket;

/** A handler for the connections accepted on one loop; called on that loop. */
public interface AcceptHandler {

  /**
   * Reserves a slot for one more connection before it is accepted. If there is none, accepting
   * pauses until {@link #whenRoom} runs its task.
   */
  default boolean reserve() {
    return true;
  }

  /** Releases a reserved slot: no connection was waiting. */
  default void giveBack() {}

  /** Runs a task on the loop once, when a slot may be free. */
  default void whenRoom(Runnable resume) {}

  /**
   * Notes that one connection was accepted, before {@link #begin}.
   *
   * @param now the current time, as {@link System#nanoTime}
   * @return the time in nanoseconds during which no other connection may be accepted; 0 for none
   */
  default long accepted(long now) {
    return 0;
  }

  /**
   * Starts to serve a connection.
   *
   * @param accepted the non-blocking socket, which this handler has to close
   */
  void begin(Socket accepted);
}
