package io.lbtk.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 strictly. */
public final class Utf8 {

  private Utf8() {}

  /**
   * Decodes the remaining bytes.
   *
   * @param bytes the bytes, whose position does not change
   * @throws IllegalArgumentException if they are not UTF-8
   */
  public static String decode(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
  }
}
