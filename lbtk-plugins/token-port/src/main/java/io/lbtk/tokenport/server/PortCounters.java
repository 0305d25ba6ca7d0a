package io.lbtk.tokenport.server;

import java.util.concurrent.atomic.LongAdder;

/** What a token port has to tell of itself. Thread-safe. */
final class PortCounters {

  /** PULL peers that are connected. */
  final LongAdder pullPeers = new LongAdder();

  /** Lease peers that are connected. */
  final LongAdder leasePeers = new LongAdder();

  /** Connections that were no peer: another protocol, another socket type, or too slow. */
  final LongAdder refused = new LongAdder();

  /** Tokens sent to peers of either kind. */
  final LongAdder tokensSent = new LongAdder();

  /** Lines that meant nothing: before HELLO, or of an id, a wid or a target that is not known. */
  final LongAdder ignoredLines = new LongAdder();
}
