package io.lbtk.proxy.token;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The address that a proxy listens on. A target that leads back to it is refused, as a single
 * client would otherwise use up all connections and file descriptors of the proxy. Thread-safe.
 */
public final class OwnAddress {

  /** Interval at which the addresses of network interfaces are read again. */
  private static final long REREAD_NANOS = 10_000_000_000L;

  private final InetSocketAddress bound;
  private volatile @Nullable Interfaces interfaces;

  /**
   * Creates the address of a proxy.
   *
   * @param bound the bound address with the actual port; may be a wildcard address
   */
  public OwnAddress(InetSocketAddress bound) {
    this.bound = bound;
  }

  /**
   * Returns whether a connection to the address would reach the proxy itself. Makes system calls
   * only occasionally, for addresses with the port of the proxy if it listens on all addresses.
   */
  public boolean contains(InetSocketAddress address, long now) {
    return address.getPort() == bound.getPort()
        && address.getAddress() != null
        && leadsHere(address.getAddress(), now);
  }

  private boolean leadsHere(InetAddress address, long now) {
    InetAddress own = bound.getAddress();
    if (own instanceof Inet4Address && address instanceof Inet6Address) {
      return false;
    }
    if (own.isAnyLocalAddress()) {
      return address.isAnyLocalAddress() || address.isLoopbackAddress() || isLocal(address, now);
    }
    // Connecting to the wildcard address reaches the loopback address.
    return address.equals(own)
        || (address.isAnyLocalAddress()
            && own.isLoopbackAddress()
            && address.getClass() == own.getClass());
  }

  private boolean isLocal(InetAddress address, long now) {
    Interfaces known = interfaces;
    if (known == null || now - known.readAt >= REREAD_NANOS) {
      known = new Interfaces(read(), now);
      interfaces = known;
    }
    return known.addresses.contains(address);
  }

  private static Set<InetAddress> read() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toSet());
    } catch (SocketException e) {
      // Without any interface only the loopback address is local.
      return Set.of();
    }
  }

  private record Interfaces(Set<InetAddress> addresses, long readAt) {}
}
