package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import io.lbtk.discovery.Utf8;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Data as text: a target as it is written everywhere. */
final class TextEntry implements EntryFormat {

  /** As Armeria writes it. It has no IPv6 addresses. */
  private static final Pattern WITH_WEIGHT = Pattern.compile("([^:\\[\\]\\s]+:\\d+):(\\d+)");

  @Override
  public Optional<Target> read(String name, byte[] data) {
    String text = Utf8.decode(ByteBuffer.wrap(data)).strip();
    Matcher weighted = WITH_WEIGHT.matcher(text);
    return Optional.of(
        Target.parse(
            weighted.matches() ? weighted.group(1) + " weight=" + weighted.group(2) : text));
  }
}
