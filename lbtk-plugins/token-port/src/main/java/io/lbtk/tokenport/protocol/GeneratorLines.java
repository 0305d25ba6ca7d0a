package io.lbtk.tokenport.protocol;

import io.lbtk.api.Shortage;

/**
 * Takes the lines that a generator says, one call for each. A {@link Word} lasts for the call. Any
 * method may throw a {@link LeaseException}: then the rest of the message is not read.
 */
public interface GeneratorLines {

  /**
   * {@code HELLO 1 <epoch> [role=standby]}.
   *
   * @param standby whether the generator gives no tokens for now
   */
  void hello(String epoch, boolean standby);

  /** {@code ROLE leader|standby}. */
  void role(boolean standby);

  /** {@code TOKEN <wid> <id> <host:port>}; the host:port is not checked. */
  void token(Word wid, Word id, Word hostPort);

  /** {@code NONE <wid> empty|busy|excluded|expired}. */
  void none(Word wid, Shortage shortage);

  /** {@code GONE <host:port>}; it is not checked. */
  void gone(Word hostPort);

  /** {@code ERROR <text>}: the connection is about to be closed. */
  void error(String text);

  /** {@code ALIVE}. */
  void alive();
}
