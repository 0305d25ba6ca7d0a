package io.lbtk.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.discovery.Utf8;
import java.nio.ByteBuffer;

/**
 * A key or value as text; if it cannot be the text of a target, its beginning and the reason.
 *
 * @param problem the reason; empty for a valid text
 */
record EntryText(String text, String problem) {

  /** Largest size; longer entries are not kept in memory. */
  static final int MAX_BYTES = 64 * 1024;

  private static final int SHOWN_BYTES = 200;

  /** Returns a valid text. */
  static EntryText of(String text) {
    return new EntryText(text, "");
  }

  /** Decodes the remaining bytes. */
  static EntryText decode(ByteBuffer bytes) {
    int size = bytes.remaining();
    if (size > MAX_BYTES) {
      return new EntryText(
          beginning(bytes), "%d bytes (expected: %d at most)".formatted(size, MAX_BYTES));
    }
    try {
      return of(Utf8.decode(bytes));
    } catch (IllegalArgumentException e) {
      return new EntryText(beginning(bytes), String.valueOf(e.getMessage()));
    }
  }

  private static String beginning(ByteBuffer bytes) {
    ByteBuffer shown = bytes.slice();
    shown.limit(Math.min(shown.limit(), SHOWN_BYTES));
    return UTF_8.decode(shown).toString();
  }

  ByteBuffer encode() {
    return UTF_8.encode(text);
  }

  boolean isText() {
    return problem.isEmpty();
  }
}
