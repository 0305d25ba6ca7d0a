package io.lbtk.core.source;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what happens to token sources: once where several that share it say the same one
 * after the other, as the sources of the loops of a proxy do. Thread-safe.
 */
public final class SourceLog {

  private static final Logger log = LoggerFactory.getLogger(SourceLog.class);

  private String last = "";

  /** A log in which nothing was said yet. */
  public SourceLog() {}

  void info(String line) {
    if (isNew(line)) {
      log.info(line);
    }
  }

  void warn(String line) {
    if (isNew(line)) {
      log.warn(line);
    }
  }

  private synchronized boolean isNew(String line) {
    boolean isNew = !line.equals(last);
    last = line;
    return isNew;
  }
}
