package io.lbtk.testkit;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import io.lbtk.testkit.NaiveProxy.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One client of {@link NaiveProxy}: finds it a target and moves the bytes. */
final class NaiveTunnel {

  private final Socket client;
  private final TokenSource tokens;
  private final ProxyContract.Limits limits;
  private final Fault fault;
  private final ExecutorService threads;
  private final AtomicLong up = new AtomicLong();
  private final AtomicLong down = new AtomicLong();
  private volatile @Nullable CompletableFuture<Token> taking;
  private volatile @Nullable Socket target;
  private volatile boolean closed;
  private volatile boolean broken;

  NaiveTunnel(
      Socket client,
      TokenSource tokens,
      ProxyContract.Limits limits,
      Fault fault,
      ExecutorService threads) {
    this.client = client;
    this.tokens = tokens;
    this.limits = limits;
    this.fault = fault;
    this.threads = threads;
  }

  void close() {
    closed = true;
    CompletableFuture<Token> demand = taking;
    if (demand != null && fault != Fault.CLOSE_LEAVES_DEMANDS) {
      demand.cancel(false);
    }
    closeBoth();
  }

  private void closeBoth() {
    Socket other = target;
    closeQuietly(client);
    if (other != null) {
      closeQuietly(other);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  void run() {
    try {
      if (fault == Fault.WAITS_FOR_THE_CLIENT || fault == Fault.LOSES_EARLY_BYTES) {
        client.getInputStream().read();
      }
      dial();
    } catch (CompletionException e) {
      if (fault == Fault.DIES_WITHOUT_TOKEN) {
        throw new IllegalStateException(e);
      }
    } catch (CancellationException | IOException e) {
      // The client is closed below.
    }
    if (fault != Fault.KEEPS_CLIENTS_WITHOUT_TOKEN) {
      closeBoth();
    }
  }

  private void dial() {
    Set<String> tried = new LinkedHashSet<>();
    int attempts =
        switch (fault) {
          case TRIES_ONCE -> 1;
          case TRIES_FOR_EVER -> 100;
          default -> 3;
        };
    for (int i = 0; i < attempts && !closed; i++) {
      Token token = take(tried);
      if (fault == Fault.TAKES_TWO_TOKENS) {
        take(tried).release(Outcome.closed());
      }
      if (closed) {
        token.release(Outcome.unused());
      } else if (connect(token)) {
        tunnel(token);
        return;
      }
      tried.add(token.target().hostPort());
    }
  }

  private Token take(Set<String> tried) {
    Demand demand = Demand.any().timeout(limits.tokenTimeout());
    if (fault != Fault.TRIES_THE_SAME) {
      demand = demand.excluding(tried);
    }
    if (fault == Fault.NO_TOKEN_TIMEOUT) {
      demand = demand.timeout(limits.idleTimeout().multipliedBy(100));
    }
    CompletableFuture<Token> future = tokens.take(demand);
    taking = future;
    if (closed && fault != Fault.CLOSE_LEAVES_DEMANDS) {
      future.cancel(false);
    }
    return future.join();
  }

  private boolean connect(Token token) {
    Socket socket = new Socket();
    if (fault != Fault.CLOSE_LEAVES_CONNECTS) {
      target = socket;
    }
    if (closed) {
      // Then it was too early for close() to see this socket.
      closeQuietly(socket);
    }
    try {
      Target to = token.target();
      boolean numeric = Character.isDigit(to.host().charAt(0));
      InetSocketAddress address =
          numeric || fault != Fault.KNOWS_NO_NAMES
              ? new InetSocketAddress(to.host(), to.port())
              : InetSocketAddress.createUnresolved(to.host(), to.port());
      boolean patient = fault == Fault.NO_CONNECT_TIMEOUT;
      socket.connect(address, patient ? 0 : (int) limits.connectTimeout().toMillis());
      target = socket;
      if (closed) {
        closeBoth();
      }
      return true;
    } catch (IOException e) {
      closeQuietly(socket);
      boolean late = e instanceof SocketTimeoutException || fault == Fault.CALLS_REFUSED_TIMEOUT;
      token.release(late ? Outcome.timeout() : Outcome.refused());
      return false;
    }
  }

  private void tunnel(Token token) {
    Socket other = Objects.requireNonNull(target);
    if (fault == Fault.RELEASES_AT_ONCE) {
      token.release(Outcome.closed());
    }
    try {
      if (fault != Fault.NO_IDLE_TIMEOUT) {
        client.setSoTimeout((int) limits.idleTimeout().toMillis());
        other.setSoTimeout((int) limits.idleTimeout().toMillis());
      }
      CompletableFuture<Void> upward =
          CompletableFuture.runAsync(() -> pump(client, other, up), threads);
      pump(other, client, down);
      upward.join();
    } catch (IOException | CompletionException e) {
      broken = true;
    }
    closeBoth();
    release(token);
  }

  private void release(Token token) {
    Outcome outcome =
        broken && !closed && fault != Fault.CALLS_RESETS_CLOSED
            ? Outcome.reset()
            : Outcome.closed();
    if (fault != Fault.COUNTS_NO_BYTES) {
      outcome = outcome.withBytes(up.get(), down.get());
    }
    if (fault != Fault.FORGETS_TOKENS && fault != Fault.RELEASES_AT_ONCE) {
      token.release(outcome);
    }
    if (fault == Fault.RELEASES_TWICE) {
      token.release(outcome);
    }
  }

  private void pump(Socket from, Socket to, AtomicLong count) {
    try {
      InputStream in = from.getInputStream();
      if (fault == Fault.BUFFERS_WITHOUT_BOUND) {
        copyThroughQueue(in, to, count);
      } else {
        copy(in, to, count);
      }
      finish(to);
    } catch (SocketTimeoutException e) {
      closeBoth();
    } catch (IOException e) {
      breakBoth();
    }
  }

  private void copy(InputStream in, Socket to, AtomicLong count) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      count.addAndGet(read);
      if (fault == Fault.STANDS_STILL && count.get() > 1_000_000) {
        new CompletableFuture<Void>().join();
      }
      if (fault == Fault.CORRUPTS && count.get() > 10_000_000) {
        buffer[0] ^= 1;
      }
      boolean tail = fault == Fault.LOSES_THE_TAIL && count.get() == 50_000_000;
      to.getOutputStream().write(buffer, 0, tail ? read - 1 : read);
    }
  }

  private void copyThroughQueue(InputStream in, Socket to, AtomicLong count) throws IOException {
    LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(queue, to), threads);
    byte[] buffer = new byte[64 * 1024];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      count.addAndGet(read);
      queue.add(Arrays.copyOf(buffer, read));
    }
    queue.add(new byte[0]);
    writer.join();
  }

  private static void write(LinkedBlockingQueue<byte[]> queue, Socket to) {
    try {
      for (byte[] chunk = queue.take(); chunk.length > 0; chunk = queue.take()) {
        to.getOutputStream().write(chunk);
      }
    } catch (IOException | InterruptedException e) {
      closeQuietly(to);
    }
  }

  private void finish(Socket to) throws IOException {
    if (fault == Fault.ENDS_AT_THE_FIRST_FIN) {
      closeBoth();
    }
    if (fault == Fault.ENDS_AT_THE_FIRST_FIN || fault == Fault.SWALLOWS_FIN) {
      return;
    }
    if (!to.isClosed()) {
      to.shutdownOutput();
    }
    if (fault != Fault.NO_FIN_TIMEOUT) {
      CompletableFuture.delayedExecutor(limits.finTimeout().toMillis(), TimeUnit.MILLISECONDS)
          .execute(this::closeBoth);
    }
  }

  private void breakBoth() {
    broken = true;
    try {
      Socket other = target;
      if (fault != Fault.HIDES_RESETS && !closed && other != null) {
        Backend.reset(client);
        Backend.reset(other);
      }
    } catch (IOException e) {
      // It is gone either way.
    }
    closeBoth();
  }
}
