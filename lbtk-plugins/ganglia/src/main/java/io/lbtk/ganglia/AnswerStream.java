package io.lbtk.ganglia;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * What a server answers, as far as that comes in time and is not too large. It stays the socket's
 * owner who closes it.
 */
final class AnswerStream extends InputStream {

  private final Socket socket;
  private final InputStream in;
  private final Deadline deadline;
  private final long maxSize;
  private long size;

  AnswerStream(Socket socket, Deadline deadline, long maxSize) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.deadline = deadline;
    this.maxSize = maxSize;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /**
   * Reads what is there, and waits if nothing is.
   *
   * @throws AnswerException if the answer is larger than it may be
   * @throws SocketTimeoutException if it does not come in time
   */
  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    socket.setSoTimeout(deadline.millisLeft());
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      size += read;
    }
    if (size > maxSize) {
      throw new AnswerException("the answer is larger than %d bytes (max-size)".formatted(maxSize));
    }
    return read;
  }

  /** Whether anything came at all. */
  boolean isEmpty() {
    return size == 0;
  }
}
