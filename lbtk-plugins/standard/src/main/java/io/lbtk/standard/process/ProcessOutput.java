package io.lbtk.standard.process;

import io.lbtk.api.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What a process prints, up to its own end: a descendant that goes on and holds the output open is
 * not waited for. While it is read, the process's stderr is taken too, but not faster than some MB
 * a second, so that one that never ceases to complain does not keep a core busy. Used by one
 * thread.
 */
final class ProcessOutput extends InputStream {

  private static final long MAX_PAUSE_MILLIS = 20;

  private final Process process;
  private final ErrorLines errors;
  private final Ticker ticker;
  private final Duration timeout;
  private final long start;

  /**
   * The output of a process that was just started.
   *
   * @param timeout after which reading fails; zero for never
   */
  ProcessOutput(Process process, ErrorLines errors, Ticker ticker, Duration timeout) {
    this.process = process;
    this.errors = errors;
    this.ticker = ticker;
    this.timeout = timeout;
    this.start = ticker.nanoTime();
  }

  /** The process did not end in its time. */
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
    // Nothing else tells of the end of a process whose output somebody else holds open.
    for (long pause = 1; ; pause = Math.min(2 * pause, MAX_PAUSE_MILLIS)) {
      boolean ended = pause(pause == 1 ? 0 : pause);
      errors.takeFrom(process.getErrorStream());
      // This comes before the output, of which there is always some where it never ceases.
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
