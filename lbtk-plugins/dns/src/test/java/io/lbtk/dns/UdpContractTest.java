package io.lbtk.dns;

import java.util.List;

/** Answers in one datagram. */
class UdpContractTest extends DnsContract {

  @Override
  List<String> others() {
    return List.of();
  }
}
