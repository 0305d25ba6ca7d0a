package io.lbtk.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Bytes that depend on their position in a stream, so that lost, duplicated or misplaced ones are
 * detected. Streams of different seeds differ.
 */
public final class Pattern {

  private static final int CHUNK = 64 * 1024;

  private final long seed;

  /** Creates the pattern of this seed. */
  public Pattern(long seed) {
    this.seed = seed;
  }

  /** Returns the byte at this position, counted from 0. */
  public byte at(long position) {
    long mixed = ((position >>> 3) + seed) * 0x9E3779B97F4A7C15L;
    mixed ^= mixed >>> 29;
    return (byte) (mixed >>> ((position & 7) << 3));
  }

  /** Returns the bytes from a position on. */
  public byte[] bytes(long from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = at(from + i);
    }
    return bytes;
  }

  /** Writes the first bytes of the pattern to a stream, and leaves it open. */
  public void writeTo(OutputStream out, long length) throws IOException {
    for (long written = 0; written < length; ) {
      int chunk = (int) Math.min(CHUNK, length - written);
      out.write(bytes(written, chunk));
      written += chunk;
    }
    out.flush();
  }

  /**
   * Reads a stream to its end.
   *
   * @return the number of bytes, all of which match the pattern
   * @throws AssertionError if one byte is not that of the pattern; the message says where
   */
  public long readAll(InputStream in) throws IOException {
    return readFrom(in, 0, Long.MAX_VALUE);
  }

  /**
   * Reads up to this many bytes of a stream.
   *
   * @param from the position in the pattern of the first byte
   * @return how many bytes it had: less than {@code length} if it ended before
   * @throws AssertionError if one byte is not that of the pattern; the message says where
   */
  public long readFrom(InputStream in, long from, long length) throws IOException {
    byte[] buffer = new byte[CHUNK];
    long read = 0;
    while (read < length) {
      int count = in.read(buffer, 0, (int) Math.min(CHUNK, length - read));
      if (count < 0) {
        return read;
      }
      check(buffer, count, from + read);
      read += count;
    }
    return read;
  }

  private void check(byte[] buffer, int count, long from) {
    for (int i = 0; i < count; i++) {
      if (buffer[i] != at(from + i)) {
        throw new AssertionError(
            "byte %d of the stream is %d (expected: %d)"
                .formatted(from + i, buffer[i], at(from + i)));
      }
    }
  }
}
