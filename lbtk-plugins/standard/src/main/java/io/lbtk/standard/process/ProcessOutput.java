package io.lbtk.standard.process;

import io.lbtk.api.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The stdout of a process up to its exit: a descendant that keeps the stream open is not waited
 * for. Reading also drains stderr, but only at some MB/s, so that a process that floods it does not
 * keep a core busy. Not thread-safe.
 */
final class ProcessOutput extends InputStream {

  private static final long MAX_PAUSE_MILLIS = 20;

  private final Process process;
  private final ErrorLines errors;
  private final Ticker ticker;
  private final Duration timeout;
  private final long start;

  /**
   * Creates the output of a process that was just started.
   *
   * @param timeout the time after which reading fails; zero for never
   */
  ProcessOutput(Process process, ErrorLines errors, Ticker ticker, Duration timeout) {
    this.process = process;
    this.errors = errors;
    this.ticker = ticker;
    this.timeout = timeout;
    this.start = ticker.nanoTime();
  }

  /** Thrown if the process exceeds its timeout. */
  static final class TimeoutException extends IOException {

    private static final long serialVersionUID = 1L;

    TimeoutException() {
      super("timeout");
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    // The stream has no end while a descendant holds it open, so the exit has to be polled.
    for (long pause = 1; ; pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
      boolean ended = pause(pause == 1 ? 0 : pause);
      errors.takeFrom(process.getErrorStream());
      // Checked before the output, since a process that never stops printing always has some.
      if (!ended && isLate()) {
        throw new TimeoutException();
      }
      int ready = process.getInputStream().available();
      if (ready > 0) {
        return process.getInputStream().read(bytes, offset, Math.min(ready, length));
      }
      if (ended) {
        return -1;
      }
    }
  }

  private boolean isLate() {
    return !timeout.isZero() && ticker.nanoTime() - start >= timeout.toNanos();
  }

  private boolean pause(long millis) throws IOException {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
