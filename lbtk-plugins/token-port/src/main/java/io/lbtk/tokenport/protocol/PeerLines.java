package io.lbtk.tokenport.protocol;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import java.time.Duration;

/**
 * Takes the lines that a lease peer says, one call for each. A {@link Word} lasts for the call. Any
 * method may throw a {@link LeaseException}: then the rest of the message is not read.
 */
public interface PeerLines {

  /** The most tokens that one WANT may ask for. */
  int MAX_WANT = 1024;

  /** The most connections of one target that one HOLD may declare. */
  int MAX_HOLD = 1_000_000;

  /** The longest that a WANT may wait. */
  Duration MAX_WITHIN = Duration.ofDays(365);

  /** Whether the line of this verb is passed over, understood or not. */
  default boolean ignores(Word verb) {
    return false;
  }

  /**
   * {@code HELLO 1 <name> [roles=yes]}.
   *
   * @param knowsRoles whether the peer knows the verb ROLE, which peers of earlier versions take
   *     for an error
   */
  void hello(String name, boolean knowsRoles);

  /**
   * {@code HOLD <host:port> <n>}.
   *
   * @param hostPort not checked
   * @param count 0 to {@link #MAX_HOLD}
   */
  void hold(String hostPort, int count);

  /**
   * {@code WANT <wid> <n> …}.
   *
   * @param count 1 to {@link #MAX_WANT}
   */
  void want(Word wid, int count, Demand demand);

  /** {@code CANCEL <wid>}. */
  void cancel(Word wid);

  /** {@code DONE <id> <kind> …}. */
  void done(Word id, Outcome outcome);

  /** {@code DONE @<host:port> <kind> …}. */
  void doneHeld(String hostPort, Outcome outcome);

  /** {@code BYE}. */
  void bye();

  /** {@code ALIVE}. */
  void alive();
}
