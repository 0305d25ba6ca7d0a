package io.lbtk.core.net;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The guard against connections of a socket to itself.
 *
 * <p>If nothing listens on an ephemeral port, the system may assign that very port to a socket that
 * connects to it. TCP then joins the socket to itself by a simultaneous open (RFC 9293, section
 * 3.5): it receives what it sends, and no server can listen there. After an orderly close the port
 * stays in TIME-WAIT for another minute, so the connection has to be reset.
 */
public final class SelfConnection {

  private SelfConnection() {}

  /**
   * Returns whether a connected socket is connected to itself.
   *
   * @param local its own address; null if it has none
   * @param remote the address that it is connected to
   */
  public static boolean is(@Nullable SocketAddress local, @Nullable SocketAddress remote) {
    return local != null && local.equals(remote);
  }

  /**
   * Resets a socket that is connected to itself.
   *
   * @throws ConnectException if it was, as if the connection had been refused
   * @throws IOException if the socket was closed meanwhile
   */
  public static void refuse(Socket connected) throws IOException {
    if (is(connected.getLocalSocketAddress(), connected.getRemoteSocketAddress())) {
      connected.setSoLinger(true, 0);
      connected.close();
      throw new ConnectException("Connection refused");
    }
  }

  /**
   * Returns whether a socket that connects to an address may be connected to itself: the address is
   * one of this machine, with an ephemeral port.
   *
   * @param remote the address; an unresolved one is never local
   */
  public static boolean mayHappen(InetSocketAddress remote, LocalPorts ports) {
    InetAddress address = remote.getAddress();
    return address != null && ports.contains(remote.getPort()) && isOfThisMachine(address);
  }

  private static boolean isOfThisMachine(InetAddress address) {
    if (address.isLoopbackAddress() || address.isAnyLocalAddress()) {
      return true;
    }
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }
}
