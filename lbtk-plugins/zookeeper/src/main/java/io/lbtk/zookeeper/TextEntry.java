package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Data as text: a target as it is written everywhere. */
final class TextEntry implements EntryFormat {

  /** As Armeria writes it. It has no IPv6 addresses. */
  private static final Pattern WITH_WEIGHT = Pattern.compile("([^:\\[\\]\\s]+:\\d+):(\\d+)");

  @Override
  public Optional<Target> read(String name, byte[] data) {
    String text = decode(data).strip();
    Matcher weighted = WITH_WEIGHT.matcher(text);
    return Optional.of(
        Target.parse(
            weighted.matches() ? weighted.group(1) + " weight=" + weighted.group(2) : text));
  }

  private static String decode(byte[] data) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("bytes that are no text (expected: UTF-8)", e);
    }
  }
}
