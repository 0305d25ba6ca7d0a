package io.lbtk.core.source;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs events of token sources, and drops a message that repeats the last one, as from the sources
 * of the loops of a proxy that share this log. Thread-safe.
 */
public final class SourceLog {

  private static final Logger log = LoggerFactory.getLogger(SourceLog.class);

  private String last = "";

  /** Creates a log without messages. */
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
