package io.lbtk.etcd;

import io.lbtk.api.Target;
import java.util.Map;

/**
 * What SkyDNS and the plugin {@code etcd} of CoreDNS read; a member that is 0 is left out there.
 */
final class SkydnsService {

  private SkydnsService() {}

  static Target read(Map<?, ?> object) {
    if (!(object.get("host") instanceof String host)) {
      throw new IllegalArgumentException("no \"host\" (expected: one, and a \"port\")");
    }
    if (object.get("port") == null) {
      throw new IllegalArgumentException("no \"port\" (expected: one beside the \"host\")");
    }
    Target target = Target.of(host, EtcdJson.whole("port", object.get("port"), 65535));
    if (object.get("priority") != null) {
      target =
          target.withPriority(
              EtcdJson.whole("priority", object.get("priority"), Integer.MAX_VALUE));
    }
    if (object.get("weight") == null) {
      return target;
    }
    // There 0 is no weight that was given, rather than one that gets nothing.
    int weight = EtcdJson.weight(object.get("weight"));
    return weight == 0 ? target : target.withWeight(weight);
  }
}
