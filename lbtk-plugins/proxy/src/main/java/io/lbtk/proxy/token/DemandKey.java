package io.lbtk.proxy.token;

import io.lbtk.api.Demand;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The key of the demands of a proxy, which hashing policies use. */
public enum DemandKey {
  /** No key. */
  NONE,
  /** The IP address of the client, as stated by a PROXY protocol header if there is one. */
  CLIENT_ADDRESS;

  /**
   * Returns the demand with the key of a client.
   *
   * @param client the address of the client, read only if the key needs it; null if it is no longer
   *     known
   */
  public Demand addTo(Demand demand, Supplier<@Nullable InetSocketAddress> client) {
    if (this == NONE) {
      return demand;
    }
    InetSocketAddress address = client.get();
    return address == null ? demand : demand.withKey(address.getAddress().getHostAddress());
  }
}
