package io.lbtk.etcd;

import io.lbtk.api.Target;
import java.util.Map;

/** How a target is written in the value of a key. */
public enum EtcdFormat {
  /** Each value by what it looks like: {@link #GRPC}, {@link #SKYDNS} or {@link #TEXT}. */
  AUTO {
    @Override
    Target read(byte[] value) {
      if (!EtcdJson.looksLikeObject(value)) {
        return EtcdText.read(value);
      }
      Map<?, ?> object = EtcdJson.object(value);
      return object.containsKey("Addr") ? GrpcEndpoint.read(object) : SkydnsService.read(object);
    }
  },
  /** {@code host:port}, then {@code key=value} pairs, as everywhere in lbtk. */
  TEXT {
    @Override
    Target read(byte[] value) {
      return EtcdText.read(value);
    }
  },
  /** What gRPC's clients of etcd write: {@code {"Op":0,"Addr":"host:port","Metadata":…}}. */
  GRPC {
    @Override
    Target read(byte[] value) {
      return GrpcEndpoint.read(EtcdJson.object(value));
    }
  },
  /** What SkyDNS and CoreDNS read: {@code {"host":"…","port":80,"priority":10,"weight":20}}. */
  SKYDNS {
    @Override
    Target read(byte[] value) {
      return SkydnsService.read(EtcdJson.object(value));
    }
  };

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if it holds no target; the message says what was expected
   */
  abstract Target read(byte[] value);
}
