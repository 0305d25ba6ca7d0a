package io.lbtk.proxy.token;

import io.lbtk.api.Demand;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a proxy puts into its demands as the key, for policies that hash. */
public enum DemandKey {
  /** No key. */
  NONE,
  /** The IP address of the client: as a header of the PROXY protocol says, where one is read. */
  CLIENT_ADDRESS;

  /**
   * A demand with the key of a client.
   *
   * @param client is asked only if it matters; null where the client is not known any more
   */
  public Demand addTo(Demand demand, Supplier<@Nullable InetSocketAddress> client) {
    if (this == NONE) {
      return demand;
    }
    InetSocketAddress address = client.get();
    return address == null ? demand : demand.withKey(address.getAddress().getHostAddress());
  }
}
