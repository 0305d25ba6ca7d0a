package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import io.lbtk.discovery.Utf8;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the target of a child. Not thread-safe. */
interface EntryFormat {

  /** Returns whether {@link #read} needs the data of a child, or only its name. */
  default boolean needsData() {
    return true;
  }

  /**
   * Reads a child.
   *
   * @param data the data; empty if it is not needed
   * @return the target; empty for a valid child without a target
   * @throws IllegalArgumentException if the child is malformed; the message says what was expected
   */
  Optional<Target> read(String name, byte[] data);

  /** Reads children whose name is {@code host:port}. */
  final class Name implements EntryFormat {

    /** Accepts the path that Solr appends. */
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\S+:\\d+)(_.*)?");

    @Override
    public boolean needsData() {
      return false;
    }

    @Override
    public Optional<Target> read(String name, byte[] data) {
      Matcher matcher = HOST_AND_PORT.matcher(name);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("no address (expected: a name that is host:port)");
      }
      return Optional.of(Target.parse(matcher.group(1)));
    }
  }

  /** Reads data that is the text form of a target. */
  final class Text implements EntryFormat {

    /** The format of Armeria, which has no IPv6 addresses. */
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
}
