package io.lbtk.proxy.limits;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Which clients a proxy serves, and how many connections each of them may have. Thread-safe. */
public final class Admission {

  private final CidrList allowed;
  private final CidrList denied;
  private final int perClient;
  private final ConcurrentMap<InetAddress, Integer> connections = new ConcurrentHashMap<>();

  /**
   * Rules for all connections of a proxy.
   *
   * @param allowed who is served; empty for everybody
   * @param denied who is not, even if allowed
   * @param perClient connections of one address; 0 for no limit
   */
  public Admission(CidrList allowed, CidrList denied, int perClient) {
    this.allowed = allowed;
    this.denied = denied;
    this.perClient = perClient;
  }

  /** Whether there is any rule: if not, nobody has to look who a client is. */
  public boolean hasRules() {
    return perClient > 0 || !allowed.isEmpty() || !denied.isEmpty();
  }

  /** Counts a connection of this client, or says why it is not served. */
  @Nullable
  public String enter(InetAddress client) {
    if (denied.contains(client)) {
      return "its address is in deny";
    }
    if (!allowed.isEmpty() && !allowed.contains(client)) {
      return "its address is not in allow";
    }
    if (perClient > 0) {
      int count = connections.merge(client, 1, Integer::sum);
      if (count > perClient) {
        leave(client);
        return "it has %d connections (max-connections-per-client)".formatted(perClient);
      }
    }
    return null;
  }

  /** A connection that was counted has ended. */
  public void leave(InetAddress client) {
    if (perClient > 0) {
      connections.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
