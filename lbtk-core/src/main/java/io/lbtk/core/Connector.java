package io.lbtk.core;

import io.lbtk.api.Demand;
import io.lbtk.api.NoTokenException;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.core.net.SocketConnector;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Connects sockets to the targets of a token source: takes a token, connects to its target, tries
 * another target if that fails, and releases the token when the socket is closed.
 *
 * <pre>{@code
 * try (Socket socket = Connector.of(tokens).attempts(3).connect(Demand.any())) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. The token source stays the caller's.
 */
public final class Connector {

  private final TokenSource source;
  private final int attempts;
  private final Duration timeout;

  private Connector(TokenSource source, int attempts, Duration timeout) {
    this.source = source;
    this.attempts = attempts;
    this.timeout = timeout;
  }

  /** Returns a connector that makes up to 3 attempts of up to 5 seconds each. */
  public static Connector of(TokenSource source) {
    return new Connector(Objects.requireNonNull(source, "source"), 3, Duration.ofSeconds(5));
  }

  /**
   * Returns a copy of this connector with the given number of attempts.
   *
   * @param attempts the largest number of targets to try, 1 to {@link Demand#MAX_EXCLUDED}
   * @throws IllegalArgumentException if it is out of this range
   */
  public Connector attempts(int attempts) {
    if (attempts < 1 || attempts > Demand.MAX_EXCLUDED) {
      throw new IllegalArgumentException(
          "attempts %d (expected: 1 to %d)".formatted(attempts, Demand.MAX_EXCLUDED));
    }
    return new Connector(source, attempts, timeout);
  }

  /**
   * Returns a copy of this connector with the given connect timeout.
   *
   * @param timeout the longest time for one attempt, over all addresses of the target's name
   * @throws IllegalArgumentException if it is not positive
   */
  public Connector timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout %s (expected: > 0)".formatted(timeout));
    }
    return new Connector(source, attempts, timeout);
  }

  /**
   * Connects to a target. Blocks. The token is released when the socket is closed, with the number
   * of bytes that were sent and received and, if the connection broke, as {@link
   * Outcome.Kind#RESET}.
   *
   * @param demand the demand of each attempt; targets that failed are excluded in addition
   * @return the socket, which the caller closes
   * @throws ConnectException if every attempt failed; the message names the targets
   * @throws InterruptedIOException if the thread was interrupted; it is still interrupted then
   * @throws NoTokenException if there is no token for the first attempt
   */
  public Socket connect(Demand demand) throws IOException {
    Set<String> failed = new LinkedHashSet<>(demand.excluded());
    List<String> failures = new ArrayList<>();
    IOException last = null;
    for (int attempt = 1; attempt <= attempts && failed.size() <= Demand.MAX_EXCLUDED; attempt++) {
      Token token;
      try {
        token = take(demand.excluding(failed));
      } catch (NoTokenException e) {
        if (last == null) {
          throw e;
        }
        break;
      }
      try {
        return connect(token);
      } catch (IOException e) {
        String hostPort = token.target().hostPort();
        failed.add(hostPort);
        failures.add("%s: %s".formatted(hostPort, e.getMessage()));
        last = e;
      }
    }
    ConnectException failure =
        new ConnectException("no target could be connected to: " + String.join("; ", failures));
    failure.initCause(last);
    throw failure;
  }

  private Token take(Demand demand) throws InterruptedIOException {
    CompletableFuture<Token> taken = source.take(demand);
    try {
      return taken.get();
    } catch (InterruptedException e) {
      if (!taken.cancel(false)) {
        taken.thenAccept(token -> token.release(Outcome.unused()));
      }
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while waiting for a token");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException("the token source failed", e.getCause());
    }
  }

  private Socket connect(Token token) throws IOException {
    Target target = token.target();
    long start = System.nanoTime();
    try {
      TokenSocket socket =
          (TokenSocket)
              SocketConnector.connect(target.host(), target.port(), timeout, TokenSocket::new);
      socket.connected(token, Duration.ofNanos(System.nanoTime() - start));
      return socket;
    } catch (SocketTimeoutException e) {
      token.release(Outcome.timeout());
      throw e;
    } catch (IOException e) {
      token.release(Outcome.refused());
      throw e;
    } catch (RuntimeException e) {
      token.release(Outcome.unused());
      throw e;
    }
  }

  /** A socket that releases a token when it is closed. */
  private static final class TokenSocket extends Socket {

    private boolean released;
    private volatile @Nullable Token token;
    private volatile Duration connectTime = Duration.ZERO;
    private volatile long connectedAt;
    private volatile boolean broken;
    private @Nullable CountedInput input;
    private @Nullable CountedOutput output;

    void connected(Token token, Duration connectTime) {
      this.connectTime = connectTime;
      this.connectedAt = System.nanoTime();
      this.token = token;
    }

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      if (input == null) {
        input = new CountedInput(super.getInputStream(), this);
      }
      return input;
    }

    @Override
    public synchronized OutputStream getOutputStream() throws IOException {
      if (output == null) {
        output = new CountedOutput(super.getOutputStream(), this);
      }
      return output;
    }

    IOException noted(IOException failure) {
      if (failure instanceof SocketException && !isClosed()) {
        broken = true;
      }
      return failure;
    }

    @Override
    public synchronized void close() throws IOException {
      try {
        super.close();
      } finally {
        Token taken = token;
        if (taken != null && !released) {
          released = true;
          taken.release(outcome());
        }
      }
    }

    private Outcome outcome() {
      return (broken ? Outcome.reset() : Outcome.closed())
          .withConnectTime(connectTime)
          .withSessionTime(Duration.ofNanos(System.nanoTime() - connectedAt))
          .withBytes(
              output == null ? 0 : output.count.get(), input == null ? 0 : input.count.get());
    }
  }

  private static final class CountedInput extends FilterInputStream {

    private final TokenSocket socket;
    private final AtomicLong count = new AtomicLong();

    CountedInput(InputStream in, TokenSocket socket) {
      super(in);
      this.socket = socket;
    }

    @Override
    public int read() throws IOException {
      try {
        int read = in.read();
        count.addAndGet(read < 0 ? 0 : 1);
        return read;
      } catch (IOException e) {
        throw socket.noted(e);
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        int read = in.read(bytes, offset, length);
        count.addAndGet(Math.max(0, read));
        return read;
      } catch (IOException e) {
        throw socket.noted(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static final class CountedOutput extends FilterOutputStream {

    private final TokenSocket socket;
    private final AtomicLong count = new AtomicLong();

    CountedOutput(OutputStream out, TokenSocket socket) {
      super(out);
      this.socket = socket;
    }

    @Override
    public void write(int value) throws IOException {
      try {
        out.write(value);
        count.incrementAndGet();
      } catch (IOException e) {
        throw socket.noted(e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
        count.addAndGet(length);
      } catch (IOException e) {
        throw socket.noted(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
