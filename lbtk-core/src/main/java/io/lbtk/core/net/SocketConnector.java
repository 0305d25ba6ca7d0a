package io.lbtk.core.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;

/** Connects blocking sockets to hosts, and rejects sockets connected to themselves. */
public final class SocketConnector {

  /** Opens sockets. */
  @FunctionalInterface
  public interface SocketFactory {

    /**
     * Returns a new socket, not connected yet.
     *
     * @throws IOException if none can be opened; no further one is requested then
     */
    Socket open() throws IOException;
  }

  private SocketConnector() {}

  /**
   * Connects to the first address of a host that accepts the connection. Each address gets an equal
   * share of the remaining time.
   *
   * <p>Blocks; the name lookup is bounded by the system's own timeout only.
   *
   * @param host a name or an address
   * @param timeout for all addresses together
   * @param sockets opens the socket for each address; those that are not returned are closed here
   * @return the connected socket, which the caller closes
   * @throws UnknownHostException if the host has no address
   * @throws SocketTimeoutException if the last address did not answer in time
   * @throws IOException if the last address could not be connected to for any other reason, also a
   *     socket that was connected to itself
   */
  public static Socket connect(String host, int port, Duration timeout, SocketFactory sockets)
      throws IOException {
    return connect(InetAddress.getAllByName(host), port, timeout, sockets);
  }

  static Socket connect(InetAddress[] addresses, int port, Duration timeout, SocketFactory sockets)
      throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    IOException last = new SocketTimeoutException("no connection in time");
    for (int i = 0; i < addresses.length; i++) {
      long left = end - System.nanoTime();
      if (left <= 0 && i > 0) {
        break;
      }
      Socket socket = sockets.open();
      try {
        long share = left / (addresses.length - i) / 1_000_000;
        socket.connect(
            new InetSocketAddress(addresses[i], port),
            (int) Math.max(1, Math.min(Integer.MAX_VALUE, share)));
        SelfConnection.refuse(socket);
        return socket;
      } catch (ClosedByInterruptException e) {
        socket.close();
        throw e;
      } catch (IOException e) {
        socket.close();
        last = e;
      }
    }
    throw last;
  }
}
