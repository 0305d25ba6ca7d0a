package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One list of targets as text: a target a line, blank lines and comments between. A line that is no
 * target is named and skipped. Used by one thread at a time.
 */
final class TextList {

  /** Reads one line that is neither blank nor a comment. */
  interface LineReader {

    /**
     * Finds the target in it; empty if there need be none.
     *
     * @throws IllegalArgumentException if there should be one; the message says what was expected
     */
    Optional<Target> read(String line);
  }

  /** A target, as everywhere. */
  static final LineReader PLAIN = line -> Optional.of(Target.parse(line));

  private final LineReader lineReader;
  private final BadEntries bad;
  private final List<Target> targets = new ArrayList<>();
  private long lines;

  /** A list without a line yet. */
  TextList(LineReader lineReader, BadEntries bad) {
    this.lineReader = lineReader;
    this.bad = bad;
    bad.begin();
  }

  /** Takes the line that is next. */
  void add(Lines line) {
    lines++;
    if (line.isBlank()) {
      return;
    }
    try {
      String text = line.text().strip();
      if (line.isTooLong()) {
        bad.add(
            place(line.number()),
            text,
            "it is longer than %d bytes (expected: host:port, then key=value)"
                .formatted(Lines.MAX_LENGTH));
      } else if (!text.isEmpty() && !text.startsWith("#")) {
        lineReader.read(text).ifPresent(targets::add);
      }
    } catch (IllegalArgumentException e) {
      bad.add(place(line.number()), line.textAsIs().strip(), String.valueOf(e.getMessage()));
    }
  }

  private static String place(long number) {
    return "line " + number;
  }

  /** How many lines it has, of any kind. */
  long lines() {
    return lines;
  }

  /** How many of them are targets. */
  int size() {
    return targets.size();
  }

  /**
   * Ends the list.
   *
   * @param source what was read, for the failure
   * @return a snapshot; a failure if no target stands among lines that should be some
   */
  Refresh end(String source) {
    bad.end();
    return bad.result(source, targets);
  }
}
