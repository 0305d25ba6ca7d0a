package io.lbtk.proxy.echo;

import io.lbtk.proxy.udp.UdpEngine;
import io.lbtk.proxy.udp.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each datagram of a socket back to its sender, also empty ones. A forged datagram with an
 * address of this server as its source is dropped, since it would circulate forever.
 */
final class DatagramEcho implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(DatagramEcho.class);

  /** The number of datagrams after which other tasks of the loop run. */
  private static final int BATCH = 64;

  private final String name;
  private final UdpSocket socket;
  private final List<InetSocketAddress> own;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(UdpEngine.LONGEST_DATAGRAM);

  /**
   * Creates an echo, which runs while there are datagrams.
   *
   * @param own all addresses of this server
   */
  DatagramEcho(String name, UdpSocket socket, List<InetSocketAddress> own) {
    this.name = name;
    this.socket = socket;
    this.own = List.copyOf(own);
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < BATCH; i++) {
        InetSocketAddress from = socket.receiveFrom(buffer);
        if (from == null) {
          return;
        }
        answer(from);
      }
    } catch (IOException e) {
      log.debug("{}: {}", name, e.toString());
    }
  }

  private void answer(InetSocketAddress to) {
    if (to.getPort() == 0 || isOwn(to)) {
      return;
    }
    try {
      socket.sendTo(buffer, to);
    } catch (IOException e) {
      log.debug("{}: an echo for {} is lost: {}", name, to, e.toString());
    }
  }

  private boolean isOwn(InetSocketAddress from) {
    for (InetSocketAddress address : own) {
      if (address.getPort() == from.getPort()
          && (address.getAddress().isAnyLocalAddress()
              || address.getAddress().equals(from.getAddress()))) {
        return true;
      }
    }
    return false;
  }
}
