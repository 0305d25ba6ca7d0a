package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses of this machine, as numbers: no name is looked up, and none is written. */
final class Loopback {

  private Loopback() {}

  /** A port of 127.0.0.1. */
  static InetSocketAddress front(int port) throws IOException {
    return address(0, 1, port);
  }

  /** A port of the address that the backend of one peer has for itself. */
  static InetSocketAddress backend(int peer, int port) throws IOException {
    return address(1, peer, port);
  }

  private static InetSocketAddress address(int network, int host, int port) throws IOException {
    byte[] bytes = {127, 0, (byte) network, (byte) host};
    return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
  }
}
