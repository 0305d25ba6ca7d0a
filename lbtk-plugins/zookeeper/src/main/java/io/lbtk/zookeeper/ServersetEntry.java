package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member of a serverset. What stands beside the members, such as a vector of weights, is no
 * target.
 */
final class ServersetEntry implements JsonEntry.Reader {

  private static final String MEMBER = "member_";
  private static final String VECTOR = "vector_";

  private final String endpoint;

  /**
   * Reads members.
   *
   * @param endpoint the name of an additional one; null for the endpoint of the service
   */
  ServersetEntry(@Nullable String endpoint) {
    this.endpoint =
        endpoint == null ? "/serviceEndpoint" : "/additionalEndpoints/" + escaped(endpoint);
  }

  private static String escaped(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  static boolean isOne(JsonEntry entry) {
    return entry.has("serviceEndpoint") || entry.has("vector");
  }

  @Override
  public Optional<Target> read(String name, JsonEntry entry) {
    if (name.startsWith(VECTOR)) {
      return Optional.empty();
    }
    if (!name.startsWith(MEMBER)) {
      throw new IllegalArgumentException("no member (expected: a name such as member_0000000001)");
    }
    String status = EntryValue.text("status", entry.at("/status"));
    return status.equals("ALIVE")
        ? Optional.of(entry.target(endpoint + "/host", endpoint + "/port"))
        : Optional.empty();
  }
}
