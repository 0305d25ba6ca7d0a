package io.lbtk.etcd;

import io.lbtk.api.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code naming/endpoints} of etcd's Go client writes. The metadata are the application's own:
 * a number there is a weight, and so is a member of that name.
 */
final class GrpcEndpoint {

  private GrpcEndpoint() {}

  static Target read(Map<?, ?> object) {
    if (!(object.get("Addr") instanceof String address)) {
      throw new IllegalArgumentException("no \"Addr\" (expected: host:port)");
    }
    Target target = Target.parse(address);
    Object weight = weight(object.get("Metadata"));
    return weight == null ? target : target.withWeight(EtcdJson.weight(weight));
  }

  private static @Nullable Object weight(@Nullable Object metadata) {
    if (metadata instanceof Map<?, ?> members) {
      Object lower = members.get("weight");
      return lower == null ? members.get("Weight") : lower;
    }
    return metadata instanceof String text && isNumber(text) ? text : null;
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9.]+");
  }
}
