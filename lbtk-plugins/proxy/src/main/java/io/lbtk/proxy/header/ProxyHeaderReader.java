package io.lbtk.proxy.header;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one header of the PROXY protocol, of either version, from bytes that come in pieces of any
 * size. What is wrong is found at its first byte, and nothing is taken that comes after the header.
 */
public final class ProxyHeaderReader {

  private static final int FIRST_CAPACITY = 128;

  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;

  /** What the header must begin with, once its first byte has told the version. */
  private byte[] signature = {};

  /** Of a block, once known. */
  private int total = HeaderBlock.FIXED_LENGTH;

  /** How many bytes of a header have come. */
  public int length() {
    return length;
  }

  /**
   * Takes the bytes that are still missing.
   *
   * @return the header; null as long as it is not complete, when nothing is left
   * @throws ProxyHeaderException if this is no header; then this reader is of no use any more
   */
  @Nullable
  public ProxyHeader read(ByteBuffer in) throws ProxyHeaderException {
    while (in.hasRemaining() && (length == 0 || length < signature.length)) {
      readSignature(in.get());
    }
    return signature == HeaderLine.signature() ? readLine(in) : readBlock(in);
  }

  private void readSignature(byte next) throws ProxyHeaderException {
    if (length == 0) {
      signature =
          next == HeaderLine.signature()[0] ? HeaderLine.signature() : HeaderBlock.signature();
    }
    if (next != signature[length]) {
      throw new ProxyHeaderException(
          "byte %d is 0x%02x (expected: a PROXY header of version 1 or 2)"
              .formatted(length + 1, next));
    }
    bytes[length++] = next;
  }

  private @Nullable ProxyHeader readLine(ByteBuffer in) throws ProxyHeaderException {
    while (in.hasRemaining()) {
      byte next = in.get();
      bytes[length++] = next;
      if (next == '\n') {
        return HeaderLine.read(bytes, length);
      }
      if (length == HeaderLine.MAX_LENGTH) {
        throw new ProxyHeaderException(
            "its line has not ended after %d bytes (expected: CR LF)"
                .formatted(HeaderLine.MAX_LENGTH));
      }
    }
    return null;
  }

  private @Nullable ProxyHeader readBlock(ByteBuffer in) throws ProxyHeaderException {
    if (length < HeaderBlock.FIXED_LENGTH) {
      take(in, HeaderBlock.FIXED_LENGTH);
      if (length < HeaderBlock.FIXED_LENGTH) {
        return null;
      }
      total = HeaderBlock.length(bytes);
    }
    take(in, total);
    return length == total ? HeaderBlock.read(bytes, total) : null;
  }

  /** Takes what there is, up to this length in all. */
  private void take(ByteBuffer in, int most) {
    int count = Math.min(most - length, in.remaining());
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(total, Math.max(2 * bytes.length, length + count)));
    }
    in.get(bytes, length, count);
    length += count;
  }
}
