package io.lbtk.etcd;

import io.lbtk.api.Target;
import io.lbtk.discovery.Utf8;
import java.nio.ByteBuffer;

/** A target as text. */
final class EtcdText {

  private EtcdText() {}

  static Target read(byte[] value) {
    return Target.parse(Utf8.decode(ByteBuffer.wrap(value)).strip());
  }
}
