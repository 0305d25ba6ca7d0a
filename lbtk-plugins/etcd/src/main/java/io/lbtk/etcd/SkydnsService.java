package io.lbtk.etcd;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import java.util.Map;

/**
 * What SkyDNS and the plugin {@code etcd} of CoreDNS read; a member that is 0 is left out there.
 */
final class SkydnsService {

  private SkydnsService() {}

  static Target read(Map<?, ?> object) {
    if (object.get("host") == null) {
      throw new IllegalArgumentException("no \"host\" (expected: one, and a \"port\")");
    }
    if (object.get("port") == null) {
      throw new IllegalArgumentException("no \"port\" (expected: one beside the \"host\")");
    }
    Target target =
        Target.of(
            EntryValue.text("host", object.get("host")),
            EntryValue.port("port", object.get("port")));
    if (object.get("priority") != null) {
      target = target.withPriority(EntryValue.priority("priority", object.get("priority")));
    }
    if (object.get("weight") == null) {
      return target;
    }
    // There 0 is no weight that was given, rather than one that gets nothing.
    int weight = EntryValue.weight("weight", object.get("weight"));
    return weight == 0 ? target : target.withWeight(weight);
  }
}
