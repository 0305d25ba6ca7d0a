package io.lbtk.tokenport.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Encodes and decodes the token ids of one epoch: the epoch, a dash, and a number in hexadecimal.
 * Immutable.
 */
public final class TokenIds {

  /** Maximum length of an id. */
  public static final int MAX_LENGTH = 32;

  private static final int MAX_DIGITS = 16;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final byte[] prefix;

  /**
   * Creates the ids of an epoch.
   *
   * @param epoch the epoch, at most 15 characters
   */
  public TokenIds(String epoch) {
    prefix = (epoch + "-").getBytes(StandardCharsets.US_ASCII);
    if (prefix.length > MAX_LENGTH - MAX_DIGITS) {
      throw new IllegalArgumentException(
          "epoch \"%s\" (expected: at most %d characters)"
              .formatted(epoch, MAX_LENGTH - MAX_DIGITS - 1));
    }
  }

  /** Appends an id. */
  void write(ByteBuf out, long number) {
    out.writeBytes(prefix);
    int digits = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 3) / 4);
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.writeByte(HEX[(int) (number >>> shift) & 15]);
    }
  }

  /** Returns the number of an id, or -1 if the id is not of this epoch. */
  public long numberOf(Word id) {
    if (!id.startsWith(prefix) || id.length() == prefix.length || id.length() > MAX_LENGTH) {
      return -1;
    }
    long number = 0;
    for (int i = prefix.length; i < id.length(); i++) {
      int digit = Character.digit(id.byteAt(i), 16);
      if (digit < 0) {
        return -1;
      }
      number = number << 4 | digit;
    }
    return number;
  }
}
