package io.lbtk.etcd;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code naming/endpoints} of etcd's Go client writes. The metadata are the application's own:
 * a number there is a weight, and so is a member of that name.
 */
final class GrpcEndpoint {

  private GrpcEndpoint() {}

  static Target read(Map<?, ?> object) {
    if (object.get("Addr") == null) {
      throw new IllegalArgumentException("no \"Addr\" (expected: host:port)");
    }
    Target target = Target.parse(EntryValue.text("Addr", object.get("Addr")));
    Object weight = weight(object.get("Metadata"));
    return weight == null ? target : target.withWeight(EntryValue.weight("weight", weight));
  }

  private static @Nullable Object weight(@Nullable Object metadata) {
    if (metadata instanceof Map<?, ?> members) {
      Object lower = members.get("weight");
      return lower == null ? members.get("Weight") : lower;
    }
    return EntryValue.isNumber(metadata) ? metadata : null;
  }
}
