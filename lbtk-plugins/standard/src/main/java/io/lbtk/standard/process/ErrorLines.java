package io.lbtk.standard.process;

import io.lbtk.api.PrintableText;
import io.lbtk.api.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the stderr of a command line by line. Lines that repeat in every run are logged once, and
 * floods are throttled. Not thread-safe.
 */
final class ErrorLines {

  private static final Logger log = LoggerFactory.getLogger(ErrorLines.class);

  private static final int MAX_LENGTH = 500;
  private static final int MAX_LINES = 20;
  private static final int MAX_REMEMBERED = 100;

  /**
   * Bytes read at once: the capacity of a pipe, so that the rest of an ended process takes two
   * reads at most.
   */
  private static final int MOST_AT_ONCE = 64 * 1024;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String prefix;
  private final Ticker ticker;
  private final byte[] buffer = new byte[4096];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private Set<String> before = new HashSet<>();
  private Set<String> now = new HashSet<>();
  private String last = "";
  private long windowStart;
  private int logged;
  private long hidden;

  /**
   * Creates the log of one command, for all its runs.
   *
   * @param prefix the start of each line in the log
   * @param ticker the clock for the throttling
   */
  ErrorLines(String prefix, Ticker ticker) {
    this.prefix = prefix;
    this.ticker = ticker;
    this.windowStart = ticker.nanoTime();
  }

  /** Starts a new run. */
  void begin() {
    Set<String> old = before;
    before = now;
    now = old;
    now.clear();
    last = "";
  }

  /**
   * Reads what is available, without waiting and at most 64 KiB: a process that writes faster than
   * its lines are read would block the caller forever.
   */
  void takeFrom(InputStream in) throws IOException {
    int taken = 0;
    while (taken < MOST_AT_ONCE) {
      int ready = in.available();
      if (ready <= 0) {
        return;
      }
      int read = in.read(buffer, 0, Math.min(ready, buffer.length));
      taken += read;
      for (int i = 0; i < read; i++) {
        if (buffer[i] == '\n') {
          endLine();
        } else if (line.size() <= 4 * MAX_LENGTH) {
          line.write(buffer[i]);
        }
      }
    }
  }

  /** Ends the run and logs how many lines were suppressed. */
  void end() {
    endLine();
    showHidden();
  }

  /** Returns the last line of this run that is not blank; empty if there is none. */
  String last() {
    return last;
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (text.isEmpty()) {
      return;
    }
    last = PrintableText.of(text, MAX_LENGTH);
    boolean known = before.contains(last);
    if (now.size() < MAX_REMEMBERED) {
      now.add(last);
    }
    if (!known) {
      show();
    }
  }

  private void show() {
    long time = ticker.nanoTime();
    if (time - windowStart >= WINDOW_NANOS) {
      showHidden();
      windowStart = time;
      logged = 0;
    }
    if (logged < MAX_LINES) {
      logged++;
      log.warn("{}: stderr: {}", prefix, last);
    } else {
      hidden++;
    }
  }

  private void showHidden() {
    if (hidden > 0) {
      log.warn("{}: stderr: {} more lines are not shown", prefix, hidden);
      hidden = 0;
    }
  }
}
