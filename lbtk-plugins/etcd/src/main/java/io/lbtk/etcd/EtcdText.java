package io.lbtk.etcd;

import io.lbtk.api.Target;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A target as text. */
final class EtcdText {

  private EtcdText() {}

  static Target read(byte[] value) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString().strip();
      return Target.parse(text);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
  }
}
