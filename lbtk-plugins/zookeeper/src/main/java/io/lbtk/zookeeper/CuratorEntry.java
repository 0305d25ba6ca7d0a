package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;

/**
 * An instance of a service as Curator's {@code ServiceInstance} is written. Its weight stands in
 * the payload, as there is no other place.
 */
final class CuratorEntry implements JsonEntry.Reader {

  static boolean isOne(JsonEntry entry) {
    return entry.has("address") && (entry.has("id") || entry.has("serviceType"));
  }

  @Override
  public Optional<Target> read(String name, JsonEntry entry) {
    if ("false".equals(entry.text("/enabled"))) {
      return Optional.empty();
    }
    String port = entry.text("/port") == null ? "/sslPort" : "/port";
    Target target = entry.target("/address", port);
    return Optional.of(entry.weighted(target, "/payload/weight", "/payload/metadata/weight"));
  }
}
