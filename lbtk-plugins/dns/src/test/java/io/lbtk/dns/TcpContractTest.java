package io.lbtk.dns;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Answers that do not fit in a datagram, so that each is asked for again over TCP. */
class TcpContractTest extends DnsContract {

  private static final int TOO_MANY_FOR_A_DATAGRAM = 100;

  @Override
  List<String> others() {
    return IntStream.range(0, TOO_MANY_FOR_A_DATAGRAM)
        .mapToObj("0 0 0 no-port-%d.lbtk.test."::formatted)
        .toList();
  }

  /** The long one over UDP is enough. */
  @Override
  protected Duration outage() {
    return Duration.ofSeconds(1);
  }
}
