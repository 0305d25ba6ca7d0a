package io.lbtk.proxy.limits;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The access rules of a proxy: which clients it serves, and how many connections each of them may
 * have. Thread-safe.
 */
public final class Admission {

  private final CidrList allowed;
  private final CidrList denied;
  private final int perClient;
  private final ConcurrentMap<InetAddress, Integer> connections = new ConcurrentHashMap<>();

  /**
   * Creates the rules of a proxy.
   *
   * @param allowed the clients to serve; empty for all
   * @param denied the clients not to serve, even if allowed
   * @param perClient the most connections of one address; 0 for no limit
   */
  public Admission(CidrList allowed, CidrList denied, int perClient) {
    this.allowed = allowed;
    this.denied = denied;
    this.perClient = perClient;
  }

  /** Returns whether there are rules. If not, addresses of clients need not be looked up. */
  public boolean hasRules() {
    return perClient > 0 || !allowed.isEmpty() || !denied.isEmpty();
  }

  /** Counts a connection of this client, or returns the reason for which it is rejected. */
  @Nullable
  public String enter(InetAddress client) {
    if (denied.contains(client)) {
      return "address in deny";
    }
    if (!allowed.isEmpty() && !allowed.contains(client)) {
      return "address not in allow";
    }
    if (perClient > 0) {
      int count = connections.merge(client, 1, Integer::sum);
      if (count > perClient) {
        leave(client);
        return "%d connections open (max-connections-per-client)".formatted(perClient);
      }
    }
    return null;
  }

  /** Uncounts a connection that has ended. */
  public void leave(InetAddress client) {
    if (perClient > 0) {
      connections.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
