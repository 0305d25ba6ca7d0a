package io.lbtk.benchmarks.sidebyside;

import java.net.InetSocketAddress;

/**
 * Where a proxy listens and where it sends its clients.
 *
 * @param name of the files for it; names one process of one peer
 */
record Route(String name, InetSocketAddress listen, InetSocketAddress target) {

  /** An address as command lines and configurations have it. */
  static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  String listenText() {
    return text(listen);
  }

  String targetText() {
    return text(target);
  }
}
