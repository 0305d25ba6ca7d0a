package io.lbtk.tokenport.protocol;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Text of any characters within a word: UTF-8, with what is no letter or digit as {@code %XX}. */
final class PercentCode {

  private static final String PLAIN = "-._~:/@";
  private static final String HEX = "0123456789ABCDEF";

  private PercentCode() {}

  static void write(ByteBuf out, byte[] text) {
    for (byte b : text) {
      char c = (char) (b & 0xff);
      if (c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
        out.writeByte(c);
      } else {
        out.writeByte('%').writeByte(HEX.charAt(c >> 4)).writeByte(HEX.charAt(c & 15));
      }
    }
  }

  static String decode(String word) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == '%') {
        int high = i + 2 < word.length() ? Character.digit(word.charAt(i + 1), 16) : -1;
        int low = i + 2 < word.length() ? Character.digit(word.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw new LeaseException("malformed key (expected: two hex digits after each %)");
        }
        text.write(high << 4 | low);
        i += 2;
      } else {
        text.write(c);
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }
}
