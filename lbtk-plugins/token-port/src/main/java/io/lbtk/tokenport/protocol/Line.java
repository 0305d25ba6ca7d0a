package io.lbtk.tokenport.protocol;

import java.nio.charset.StandardCharsets;

/** A cursor over the words of the lines of one message. */
final class Line {

  private final byte[] bytes;
  private final int end;
  private final Word word;
  private int at;
  private int lineEnd;
  private boolean wordIsNext;

  Line(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
    this.word = new Word(bytes, from, 0);
    this.at = from;
    this.lineEnd = from - 1;
  }

  /** Goes to the next line, whatever is left of this one; false if there is none. */
  boolean next() {
    if (lineEnd >= end) {
      return false;
    }
    at = lineEnd + 1;
    lineEnd = at;
    while (lineEnd < end && bytes[lineEnd] != '\n') {
      lineEnd++;
    }
    wordIsNext = true;
    return true;
  }

  /** Whether the line has another word. */
  boolean more() {
    return wordIsNext;
  }

  /**
   * Reads the next word of the line. It is valid until the next call.
   *
   * @param what the word that is expected, for the error
   */
  Word word(String what) {
    if (!wordIsNext) {
      throw new LeaseException("the line ends early (expected: " + what + ")");
    }
    int start = at;
    while (at < lineEnd && bytes[at] != ' ') {
      if (bytes[at] < ' ' || bytes[at] > '~') {
        throw new LeaseException("a byte that is no visible ASCII (expected: " + what + ")");
      }
      at++;
    }
    if (at == start) {
      throw new LeaseException("an empty word (expected: " + what + ", one space between words)");
    }
    wordIsNext = at < lineEnd;
    word.move(bytes, start, at - start);
    at++;
    return word;
  }

  /** Reads a word that is kept. */
  String text(String what) {
    return word(what).toString();
  }

  /** Reads a number within bounds. */
  int number(String what, int min, int max) {
    return (int) checked(word(what).number(), what, min, max);
  }

  /** Reads the number after a prefix such as {@code up=}. */
  static long value(Word option, byte[] prefix, long max) {
    return checked(option.from(prefix.length).number(), option.toString(), 0, max);
  }

  private static long checked(long number, String what, long min, long max) {
    if (number < min || number > max) {
      throw new LeaseException(
          "no number, or out of bounds (expected: %s, %d to %d)".formatted(what, min, max));
    }
    return number;
  }

  /** Reads to the end of a line of which everything that counts was read. */
  void rest() {
    while (more()) {
      option();
    }
  }

  /** Reads all that is left of the line, as text fit for a log. */
  String remainder() {
    String text = new String(bytes, at, Math.max(0, lineEnd - at), StandardCharsets.US_ASCII);
    wordIsNext = false;
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Reads a word {@code name=value}. */
  Word option() {
    Word option = word("name=value");
    if (option.indexOf('=') <= 0) {
      throw new LeaseException("another word at the end of the line (expected: name=value)");
    }
    return option;
  }
}
