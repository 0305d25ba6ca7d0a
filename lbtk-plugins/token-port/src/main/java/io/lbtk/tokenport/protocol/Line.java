package io.lbtk.tokenport.protocol;

import io.lbtk.api.PrintableText;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;

/** A cursor over the lines of one message and their words. */
final class Line {

  /** Reads one line. */
  @FunctionalInterface
  interface Reader {

    /**
     * Reads the line at the cursor.
     *
     * @throws LeaseException if the line is malformed
     */
    void read(Line line);
  }

  private final byte[] bytes;
  private final int end;
  private final Word word;
  private int at;
  private int lineEnd;
  private boolean wordIsNext;

  private Line(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
    this.word = new Word(bytes, from, 0);
    this.at = from;
    this.lineEnd = from - 1;
  }

  /**
   * Reads all lines of a message. Does not release the message.
   *
   * @throws LeaseException from the reader, or if the message is empty
   */
  static void readAll(ChannelHandlerContext ctx, ByteBuf message, Reader reader) {
    if (message.hasArray()) {
      int from = message.arrayOffset() + message.readerIndex();
      readAll(message.array(), from, message.readableBytes(), reader);
      return;
    }
    // Words are views of an array.
    ByteBuf copy = ctx.alloc().heapBuffer(message.readableBytes());
    try {
      message.getBytes(message.readerIndex(), copy, message.readableBytes());
      readAll(copy.array(), copy.arrayOffset(), copy.readableBytes(), reader);
    } finally {
      copy.release();
    }
  }

  private static void readAll(byte[] bytes, int from, int length, Reader reader) {
    Line line = new Line(bytes, from, from + length);
    while (line.next()) {
      reader.read(line);
    }
  }

  /** Moves to the next line, skipping the rest of this one; returns false if there is none. */
  private boolean next() {
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

  /** Returns whether the line has another word. */
  boolean more() {
    return wordIsNext;
  }

  /**
   * Reads the next word of the line.
   *
   * @param what the expected word, for the error
   * @return a view that is valid until the next call
   */
  Word word(String what) {
    if (!wordIsNext) {
      throw new LeaseException("the line ends early (expected: " + what + ")");
    }
    int start = at;
    while (at < lineEnd && bytes[at] != ' ') {
      if (bytes[at] < ' ' || bytes[at] > '~') {
        throw new LeaseException("a byte that is not visible ASCII (expected: " + what + ")");
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

  /** Reads the next word as a string. */
  String text(String what) {
    return word(what).toString();
  }

  /** Reads the next word as a number within bounds. */
  int number(String what, int min, int max) {
    return (int) checked(word(what).number(), what, min, max);
  }

  /** Returns the number of an option, which follows a prefix such as {@code up=}. */
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

  /** Reads the remaining words, which must be options, and ignores them. */
  void skipOptions() {
    while (more()) {
      option();
    }
  }

  /** Reads the rest of the line as text, sanitized for the log. */
  String remainder() {
    String text = new String(bytes, at, Math.max(0, lineEnd - at), StandardCharsets.US_ASCII);
    wordIsNext = false;
    return PrintableText.of(text);
  }

  /** Reads the next word, which must be an option {@code name=value}. */
  Word option() {
    Word option = word("name=value");
    if (option.indexOf('=') <= 0) {
      throw new LeaseException("another word at the end of the line (expected: name=value)");
    }
    return option;
  }
}
