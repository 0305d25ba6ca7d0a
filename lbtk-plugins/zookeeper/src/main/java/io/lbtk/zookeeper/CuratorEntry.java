package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
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
    if (!EntryValue.flag("enabled", entry.at("/enabled"), true)) {
      return Optional.empty();
    }
    String port = entry.at("/port") == null ? "/sslPort" : "/port";
    Target target = entry.target("/address", port);
    return Optional.of(entry.weighted(target, "/payload/weight", "/payload/metadata/weight"));
  }
}
