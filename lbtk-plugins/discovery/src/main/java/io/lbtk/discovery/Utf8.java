package io.lbtk.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes from outside that should be text. */
public final class Utf8 {

  private Utf8() {}

  /**
   * The text, where every byte is a part of it.
   *
   * @param bytes those that are left; they are left afterwards, too
   * @throws IllegalArgumentException if it is not UTF-8
   */
  public static String decode(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
  }
}
