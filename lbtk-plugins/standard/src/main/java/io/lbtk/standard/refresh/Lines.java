package io.lbtk.standard.refresh;

import io.lbtk.discovery.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a stream into lines. Keeps one line at a time, and only the start of a very long one. A
 * byte order mark at the start of the stream is skipped.
 *
 * <p>Not thread-safe.
 */
final class Lines {

  /** Longest line that is kept, in bytes. */
  static final int MAX_LENGTH = 8192;

  private static final int BUFFER = 16 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private byte[] line = new byte[256];
  private int length;
  private boolean tooLong;
  private boolean ended;
  private long number;
  private long bytes;

  Lines(InputStream in) {
    this.in = in;
  }

  /**
   * Advances to the next line. Blocks as the stream does.
   *
   * @return false at the end of the stream
   */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    ended = false;
    boolean any = false;
    while (fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      append(end);
      if (end < limit) {
        position = end + 1;
        ended = true;
        break;
      }
      position = end;
    }
    if (any) {
      number++;
      bytes += length + 1L;
      dropByteOrderMark();
    }
    return any;
  }

  private boolean fill() throws IOException {
    if (position < limit) {
      return true;
    }
    int read = in.read(buffer);
    position = 0;
    limit = Math.max(0, read);
    return read > 0;
  }

  private void append(int end) {
    int fits = Math.min(end - position, MAX_LENGTH - length);
    tooLong |= fits < end - position;
    if (length + fits > line.length) {
      line = Arrays.copyOf(line, Math.min(MAX_LENGTH, Math.max(length + fits, line.length * 2)));
    }
    System.arraycopy(buffer, position, line, length, fits);
    length += fits;
  }

  private void dropByteOrderMark() {
    if (number == 1
        && length >= 3
        && line[0] == (byte) 0xEF
        && line[1] == (byte) 0xBB
        && line[2] == (byte) 0xBF) {
      length -= 3;
      System.arraycopy(line, 3, line, 0, length);
    }
  }

  /** Returns the number of this line in the stream, from 1. */
  long number() {
    return number;
  }

  /** Returns the number of bytes of all lines up to this one, without those cut off. */
  long bytes() {
    return bytes;
  }

  /** Returns true if the line was cut off. */
  boolean isTooLong() {
    return tooLong;
  }

  /** Returns true if the line ends with a line feed, which the last line of a stream may lack. */
  boolean isEnded() {
    return ended;
  }

  /** Returns true if the line is blank. */
  boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] < 0 || line[i] > ' ') {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the line.
   *
   * @throws IllegalArgumentException if it is not UTF-8
   */
  String text() {
    for (int i = 0; i < length; i++) {
      if (line[i] < 0) {
        return Utf8.decode(ByteBuffer.wrap(line, 0, length));
      }
    }
    return new String(line, 0, length, StandardCharsets.US_ASCII);
  }

  /** Returns the line, with replacement characters for malformed UTF-8. */
  String textAsIs() {
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }
}
