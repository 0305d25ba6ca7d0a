package io.lbtk.tokenport.server;

import java.time.Duration;

/**
 * How a token port behaves.
 *
 * @param part whose port it is, for logs: {@code generator.main}
 * @param leaseGrace how long the tokens of a lease peer that went without BYE still count
 * @param handshakeTimeout how long a connection may take to say what it is
 * @param loops the event loops that it runs on
 */
public record PortOptions(String part, Duration leaseGrace, Duration handshakeTimeout, int loops) {

  private static final int MAX_LOOPS = 4;

  /** As many loops as leave something for the generator and its neighbours. */
  public PortOptions(String part, Duration leaseGrace, Duration handshakeTimeout) {
    this(
        part,
        leaseGrace,
        handshakeTimeout,
        Math.min(MAX_LOOPS, Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
  }

  /** Without a part that it belongs to. */
  public PortOptions(Duration leaseGrace, Duration handshakeTimeout, int loops) {
    this("the token port", leaseGrace, handshakeTimeout, loops);
  }
}
