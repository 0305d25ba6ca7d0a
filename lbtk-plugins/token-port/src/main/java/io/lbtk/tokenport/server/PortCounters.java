package io.lbtk.tokenport.server;

import java.util.concurrent.atomic.LongAdder;

/** Counters of a token port. Thread-safe. */
final class PortCounters {

  /** Number of connected PULL peers. */
  final LongAdder pullPeers = new LongAdder();

  /** Number of connected lease peers. */
  final LongAdder leasePeers = new LongAdder();

  /** Connections that failed the handshake: wrong protocol or socket type, or timeout. */
  final LongAdder refused = new LongAdder();

  /** Tokens sent to peers of both kinds. */
  final LongAdder tokensSent = new LongAdder();

  /** Lines without effect: before HELLO, or with an unknown id, wid or target. */
  final LongAdder ignoredLines = new LongAdder();
}
