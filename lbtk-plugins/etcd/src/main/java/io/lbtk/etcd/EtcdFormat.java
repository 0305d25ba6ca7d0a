package io.lbtk.etcd;

import io.lbtk.api.Target;
import io.lbtk.discovery.Utf8;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonTree;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Format of the targets in the values of keys. */
public enum EtcdFormat {
  /** Detected for each value: {@link #GRPC}, {@link #SKYDNS} or {@link #TEXT}. */
  AUTO {
    @Override
    Target read(byte[] value) {
      if (!looksLikeObject(value)) {
        return readText(value);
      }
      Map<?, ?> json = object(value);
      return json.containsKey("Addr") ? readGrpc(json) : readSkydns(json);
    }
  },
  /** {@code host:port}, then {@code key=value} pairs: the text form of a target. */
  TEXT {
    @Override
    Target read(byte[] value) {
      return readText(value);
    }
  },
  /** The format of gRPC's naming in etcd: {@code {"Op":0,"Addr":"host:port","Metadata":…}}. */
  GRPC {
    @Override
    Target read(byte[] value) {
      return readGrpc(object(value));
    }
  },
  /** The format of SkyDNS and CoreDNS: {@code {"host":"…","port":80,"weight":20}}. */
  SKYDNS {
    @Override
    Target read(byte[] value) {
      return readSkydns(object(value));
    }
  };

  /**
   * Reads a target from a value. @throws IllegalArgumentException if it holds no target; the
   * message says what was expected
   */
  abstract Target read(byte[] value);

  private static Target readText(byte[] value) {
    return Target.parse(Utf8.decode(ByteBuffer.wrap(value)).strip());
  }

  /**
   * Reads an entry of {@code naming/endpoints} of etcd's Go client. Its metadata belong to the
   * application: a number is taken as weight, and so is a member of that name.
   */
  private static Target readGrpc(Map<?, ?> object) {
    if (object.get("Addr") == null) {
      throw new IllegalArgumentException("no \"Addr\" (expected: host:port)");
    }
    Target target = Target.parse(EntryValue.text("Addr", object.get("Addr")));
    Object weight = grpcWeight(object.get("Metadata"));
    return weight == null ? target : target.withWeight(EntryValue.weight("weight", weight));
  }

  private static @Nullable Object grpcWeight(@Nullable Object metadata) {
    if (metadata instanceof Map<?, ?> members) {
      Object lower = members.get("weight");
      return lower == null ? members.get("Weight") : lower;
    }
    return EntryValue.isNumber(metadata) ? metadata : null;
  }

  /**
   * Reads an entry of SkyDNS or of the plugin {@code etcd} of CoreDNS, which omit members that are
   * 0.
   */
  private static Target readSkydns(Map<?, ?> object) {
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
    // In this format 0 means that no weight was given, not that there is no traffic.
    int weight = EntryValue.weight("weight", object.get("weight"));
    return weight == 0 ? target : target.withWeight(weight);
  }

  private static boolean looksLikeObject(byte[] value) {
    int i = 0;
    while (i < value.length && value[i] >= 0 && value[i] <= ' ') {
      i++;
    }
    return i < value.length && value[i] == '{';
  }

  /**
   * Reads a JSON object.
   *
   * @throws IllegalArgumentException if the value is not one
   */
  private static Map<?, ?> object(byte[] value) {
    try {
      if (JsonTree.read(value).orElse(null) instanceof Map<?, ?> object) {
        return object;
      }
    } catch (JsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    throw new IllegalArgumentException("expected: an object of JSON");
  }
}
