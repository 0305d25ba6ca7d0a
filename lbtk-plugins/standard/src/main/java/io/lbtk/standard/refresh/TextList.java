package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads one list of targets as text: one target per line, with blank lines and comments between.
 * Lines that are not targets are logged and skipped. Not thread-safe.
 */
final class TextList {

  /** Reads one line that is neither blank nor a comment. */
  interface LineReader {

    /**
     * Parses a line; empty if the line need not have a target.
     *
     * @throws IllegalArgumentException if it should have one; the message says what was expected
     */
    Optional<Target> read(String line);
  }

  /** Parses a target by {@link Target#parse}. */
  static final LineReader PLAIN = line -> Optional.of(Target.parse(line));

  private final LineReader lineReader;
  private final BadEntries bad;
  private final List<Target> targets = new ArrayList<>();
  private long lines;

  /** Creates an empty list. */
  TextList(LineReader lineReader, BadEntries bad) {
    this.lineReader = lineReader;
    this.bad = bad;
    bad.begin();
  }

  /** Adds the next line. */
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

  /** Returns the number of lines of any kind. */
  long lines() {
    return lines;
  }

  /** Returns the number of targets. */
  int size() {
    return targets.size();
  }

  /**
   * Ends the list.
   *
   * @param source the name of the document in a failure
   * @return a snapshot; a failure if there are only malformed lines
   */
  Refresh end(String source) {
    bad.end();
    return bad.result(source, targets);
  }
}
