package io.lbtk.tokenport.server;

import java.time.Duration;

/**
 * Options of a token port.
 *
 * @param part the owner of the port for the log, such as {@code generator.main}
 * @param leaseGrace the time for which the tokens of a lease peer still count after it disconnected
 *     without BYE
 * @param handshakeTimeout the handshake timeout of connections
 * @param loops the number of event loops
 */
public record PortOptions(String part, Duration leaseGrace, Duration handshakeTimeout, int loops) {

  /** The default of {@link #leaseGrace}. */
  public static final Duration DEFAULT_LEASE_GRACE = Duration.ofSeconds(5);

  /** The default of {@link #handshakeTimeout}. */
  public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(5);

  private static final int MAX_LOOPS = 4;

  /** Creates options with a default number of loops, which leaves cores for other components. */
  public PortOptions(String part, Duration leaseGrace, Duration handshakeTimeout) {
    this(
        part,
        leaseGrace,
        handshakeTimeout,
        Math.min(MAX_LOOPS, Math.max(1, Runtime.getRuntime().availableProcessors() / 2)));
  }

  /** Creates options of a port without an owner. */
  public PortOptions(Duration leaseGrace, Duration handshakeTimeout, int loops) {
    this("the token port", leaseGrace, handshakeTimeout, loops);
  }
}
