package io.lbtk.benchmarks.sidebyside.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * Sends a message and waits until it has come back, again and again on one connection: two system
 * calls for each, by the thread that calls.
 */
final class RoundTrips {

  /** Number of round trips and their latencies. */
  record Result(int count, double p50Micros, double p99Micros) {}

  private static final int MOST = 4_000_000;
  private static final int BEFORE = 500;

  private final long[] nanos = new long[MOST];

  /**
   * Measures for the given number of milliseconds, after a few round trips that are not counted.
   */
  Result run(InetSocketAddress address, int millis, int size) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      ByteBuffer message = ByteBuffer.allocateDirect(size);
      for (int i = 0; i < BEFORE; i++) {
        once(channel, message);
      }
      long now = System.nanoTime();
      long end = now + millis * 1_000_000L;
      int count = 0;
      while (now < end && count < MOST) {
        once(channel, message);
        long after = System.nanoTime();
        nanos[count++] = after - now;
        now = after;
      }
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return new Result(count, Percentile.micros(sorted, 50), Percentile.micros(sorted, 99));
    }
  }

  private static void once(SocketChannel channel, ByteBuffer message) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      if (channel.write(message) < 0) {
        throw new EOFException("closed by the other end");
      }
    }
    message.clear();
    while (message.hasRemaining()) {
      if (channel.read(message) < 0) {
        throw new EOFException("closed by the other end");
      }
    }
  }

  /** Percentiles of what is sorted. */
  static final class Percentile {

    private Percentile() {}

    /** In microseconds; not a number if there is nothing. */
    static double micros(long[] sortedNanos, int percent) {
      if (sortedNanos.length == 0) {
        return Double.NaN;
      }
      int at = (int) ((long) sortedNanos.length * percent / 100);
      return sortedNanos[Math.min(at, sortedNanos.length - 1)] / 1000.0;
    }
  }
}
