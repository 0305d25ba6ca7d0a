package io.lbtk.ganglia;

import io.lbtk.api.Refresh;
import io.lbtk.core.net.SocketConnector;
import io.lbtk.core.refresh.PolledRefresher;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connects to a gmond or gmetad, which sends its whole state and closes the connection. */
final class GangliaSource implements PolledRefresher.Source {

  private final String server;
  private final InetSocketAddress address;
  private final @Nullable String cluster;
  private final Duration timeout;
  private final long maxSize;
  private final HostTargets targets;

  private volatile boolean closed;
  private volatile @Nullable Socket open;

  /**
   * Creates a source.
   *
   * @param server the address as text
   * @param address the unresolved address; resolved for each read
   */
  GangliaSource(
      String server,
      InetSocketAddress address,
      @Nullable String cluster,
      Duration timeout,
      long maxSize,
      HostTargets targets) {
    this.server = server;
    this.address = address;
    this.cluster = cluster;
    this.timeout = timeout;
    this.maxSize = maxSize;
    this.targets = targets;
  }

  @Override
  public Refresh read() {
    Deadline deadline = Deadline.in(timeout);
    try (Socket socket =
        SocketConnector.connect(
            address.getHostString(), address.getPort(), timeout, this::newSocket)) {
      return targets.of(hosts(socket, deadline));
    } catch (UnknownHostException e) {
      return failure("the host is not known (expected: a name that can be resolved)", e);
    } catch (SocketTimeoutException e) {
      return failure("no whole answer within %d ms (timeout)".formatted(timeout.toMillis()), e);
    } catch (ConnectException e) {
      return failure("it cannot be connected to: " + e.getMessage(), e);
    } catch (IOException e) {
      return failure(String.valueOf(e.getMessage()), e);
    } finally {
      open = null;
    }
  }

  private Socket newSocket() throws IOException {
    Socket socket = new Socket();
    open = socket;
    if (closed) {
      socket.close();
      throw new SocketException("closed");
    }
    return socket;
  }

  private List<Host> hosts(Socket socket, Deadline deadline) throws IOException {
    AnswerStream answer = new AnswerStream(socket, deadline, maxSize);
    try {
      return GangliaXml.read(answer, cluster);
    } catch (AnswerException e) {
      if (answer.isEmpty()) {
        throw new AnswerException(
            "it closed the connection without an answer (expected: XML; the acl of a gmond, or the"
                + " trusted_hosts of a gmetad, may exclude this machine)");
      }
      throw e;
    } catch (SocketTimeoutException e) {
      if (answer.isEmpty()) {
        throw new AnswerException(
            "no answer within %d ms (timeout; expected: unsolicited XML, which the"
                    .formatted(timeout.toMillis())
                + " interactive port of a gmetad does not send)");
      }
      throw e;
    }
  }

  private Refresh failure(String problem, @Nullable IOException cause) {
    String message = "%s: %s".formatted(server, problem);
    return cause == null ? Refresh.failure(message) : Refresh.failure(message, cause);
  }

  @Override
  public void close() {
    closed = true;
    Socket reading = open;
    if (reading != null) {
      try {
        reading.close();
      } catch (IOException e) {
        // The socket is closed all the same.
      }
    }
  }

  /** The answer of a server, limited in time and size. Does not close the socket. */
  private static final class AnswerStream extends InputStream {

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
     * Reads the available bytes; blocks if there are none.
     *
     * @throws AnswerException if the answer is too large
     * @throws SocketTimeoutException if the deadline has passed
     */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      socket.setSoTimeout(deadline.millisLeft());
      int read = in.read(buffer, offset, length);
      if (read > 0) {
        size += read;
      }
      if (size > maxSize) {
        throw new AnswerException(
            "the answer is larger than %d bytes (max-size)".formatted(maxSize));
      }
      return read;
    }

    /** Returns whether nothing has been received. */
    boolean isEmpty() {
      return size == 0;
    }
  }

  /** The time at which a connection has to be done, from its first packet to its last. */
  private static final class Deadline {

    private final long end;

    private Deadline(long end) {
      this.end = end;
    }

    static Deadline in(Duration time) {
      return new Deadline(System.nanoTime() + time.toNanos());
    }

    /**
     * Returns the remaining time as a timeout of a socket, 1 or more.
     *
     * @throws SocketTimeoutException if the deadline has passed
     */
    int millisLeft() throws SocketTimeoutException {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new SocketTimeoutException("deadline exceeded");
      }
      return (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
    }
  }
}
