package io.lbtk.benchmarks.sidebyside.load;

import io.lbtk.benchmarks.sidebyside.load.RoundTrips.Percentile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections, a limited number at once, until there were enough. Each of them exchanges a
 * byte. Used on the loop, but for {@link #done}.
 */
final class Burst implements ClientConnection.Listener {

  /** Microseconds are from connecting to the byte that has come back. */
  record Result(double seconds, int failed, double p50Micros, double p99Micros) {}

  private final LoadLoop loop;
  private final InetSocketAddress address;
  private final int total;
  private final int concurrency;
  private final @Nullable List<ClientConnection> kept;
  private final long[] nanos;
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private long startedNanos;
  private int started;
  private int answered;
  private int failed;

  /**
   * Does not begin yet.
   *
   * @param kept gets the connections once they have exchanged their byte; null if they are to be
   *     closed then
   */
  Burst(
      LoadLoop loop,
      InetSocketAddress address,
      int total,
      int concurrency,
      @Nullable List<ClientConnection> kept) {
    this.loop = loop;
    this.address = address;
    this.total = total;
    this.concurrency = concurrency;
    this.kept = kept;
    this.nanos = new long[total];
  }

  CompletableFuture<Result> done() {
    return done;
  }

  void begin() {
    startedNanos = System.nanoTime();
    for (int i = 0; i < Math.min(concurrency, total); i++) {
      next();
    }
  }

  private void next() {
    if (started == total) {
      return;
    }
    started++;
    try {
      ClientConnection.open(loop, address, this);
    } catch (IOException e) {
      done.completeExceptionally(e);
    }
  }

  @Override
  public void answered(ClientConnection connection) {
    nanos[answered++] = System.nanoTime() - connection.startedNanos();
    if (kept == null) {
      connection.end(null);
    } else {
      kept.add(connection);
      goOn();
    }
  }

  @Override
  public void ended(ClientConnection connection, @Nullable IOException cause) {
    if (cause != null && !(kept != null && kept.remove(connection))) {
      failed++;
    }
    if (kept == null || cause != null) {
      goOn();
    }
  }

  private void goOn() {
    if (answered + failed < total) {
      // Not at once: where connections fail at once, that would be a recursion of any depth.
      if (failed > 0) {
        loop.execute(this::next);
      } else {
        next();
      }
    } else if (!done.isDone()) {
      done.complete(result());
    }
  }

  private Result result() {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    long[] sorted = Arrays.copyOf(nanos, answered);
    Arrays.sort(sorted);
    return new Result(
        seconds, failed, Percentile.micros(sorted, 50), Percentile.micros(sorted, 99));
  }
}
