package io.lbtk.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client of a proxy under test: a blocking socket whose reads fail after some time. */
final class TestClient implements AutoCloseable {

  /** The way in which the other side ended a connection. */
  enum End {
    IN_ORDER,
    BY_RESET
  }

  private final Socket socket = new Socket();

  TestClient(SocketAddress proxy, Duration timeout) throws IOException {
    this(proxy, timeout, 0);
  }

  /**
   * A client that may have a small buffer, so that little is on its way that it did not read.
   *
   * @param receiveBuffer the size in bytes, or 0 for what the system likes
   */
  TestClient(SocketAddress proxy, Duration timeout, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout((int) timeout.toMillis());
    socket.setTcpNoDelay(true);
    socket.connect(proxy, (int) timeout.toMillis());
  }

  Socket socket() {
    return socket;
  }

  InputStream in() throws IOException {
    return new PatientStream(socket.getInputStream());
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(Pattern pattern, long length) throws IOException {
    pattern.writeTo(socket.getOutputStream(), length);
  }

  /** Says that nothing more comes. */
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads as many bytes as the text has, fewer if the other side ends before. */
  String receive(int length) throws IOException {
    return new String(in().readNBytes(length), StandardCharsets.UTF_8);
  }

  /** Sends a text to an echo and reads it back. */
  String exchange(String text) throws IOException {
    send(text);
    return receive(text.length());
  }

  /** Reads and forgets all until the other side ends. */
  End awaitEnd() throws IOException {
    byte[] buffer = new byte[8192];
    while (true) {
      try {
        if (in().read(buffer) < 0) {
          return End.IN_ORDER;
        }
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        return End.BY_RESET;
      }
    }
  }

  void reset() throws IOException {
    Backend.reset(socket);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Says what was waited for, where a socket only says that its time is over. */
  private final class PatientStream extends FilterInputStream {

    PatientStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (SocketTimeoutException e) {
        throw (SocketTimeoutException)
            new SocketTimeoutException(
                    "neither a byte nor the end of the connection came through the proxy in %d ms"
                        .formatted(socket.getSoTimeout()))
                .initCause(e);
      }
    }
  }
}
