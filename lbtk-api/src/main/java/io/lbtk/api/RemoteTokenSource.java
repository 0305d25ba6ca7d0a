package io.lbtk.api;

import java.util.function.Consumer;

/**
 * A token source of another process. It connects in the background, and again whenever the
 * connection was lost; demands wait meanwhile.
 *
 * <p>After a lost connection, the tokens that were taken and not released are declared to the other
 * end again, so that its counts are right.
 */
public interface RemoteTokenSource extends TokenSource {

  /**
   * Returns whether the other end is connected, answers, and gives tokens. A standby, such as a
   * generator that has never read the source of its targets, does not count as connected. Demands
   * can be made all the same, and wait.
   */
  boolean connected();

  /**
   * Adds a listener that is told of each change of {@link #connected()}. It may be called by any
   * thread, must not block and must not throw.
   *
   * @return the subscription, whose {@code close} removes the listener
   */
  Subscription onConnection(Consumer<Boolean> listener);

  /**
   * Gives up all tokens that were taken from the other end, used or not, because another source
   * counts them from now on. Releasing them later does nothing. The connection stays, and tokens
   * can be taken again.
   */
  void leave();
}
