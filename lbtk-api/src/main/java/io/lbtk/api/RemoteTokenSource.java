package io.lbtk.api;

import java.util.function.Consumer;

/**
 * A token source at the other end of a connection, which comes and goes. It connects by itself, and
 * again whenever the connection was lost; meanwhile demands wait.
 *
 * <p>Across a lost connection, what was taken and not released is declared anew to the other end,
 * so that its counts are right again.
 */
public interface RemoteTokenSource extends TokenSource {

  /**
   * Returns whether the other end is there, answers, and gives out tokens. An end that says that it
   * is a standby, such as a generator that has never read the source of its targets, is not
   * connected in this sense. Demands can be made of it all the same, and wait.
   */
  boolean connected();

  /**
   * Tells the listener of each change of {@link #connected()}. It may be called from any thread,
   * returns soon and throws nothing.
   *
   * @return ends the subscription
   */
  Subscription onConnection(Consumer<Boolean> listener);

  /**
   * Leaves the other end: all tokens taken from here count for it as over, whether they are or not,
   * because somebody else counts them now. Releasing them later does nothing. The connection stays,
   * and tokens can be taken again.
   */
  void leave();
}
