package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.discovery.BadEntries;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream of lists of targets, each ended by blank lines. A list without a target is
 * refused.
 *
 * <p>Read by one thread; {@link #openList} may be called by any thread.
 */
final class ListStream {

  private static final Logger log = LoggerFactory.getLogger(ListStream.class);

  private final Lines lines;
  private final String name;
  private final String source;
  private final long maxSize;
  private final Runnable begun;
  private final Consumer<Refresh> reports;
  private final BadEntries bad;

  private @Nullable TextList list;
  private long listStart;
  private long count;
  private volatile long open;

  /**
   * Creates a reader of a stream.
   *
   * @param in the stream
   * @param name the name of the refresher, for the log
   * @param source the name of the stream in the log and in failures
   * @param maxSize the largest size of a list in bytes
   * @param begun called at the first line of each list
   * @param reports called for each list
   */
  ListStream(
      InputStream in,
      String name,
      String source,
      long maxSize,
      Runnable begun,
      Consumer<Refresh> reports) {
    this.lines = new Lines(in);
    this.name = name;
    this.source = source;
    this.maxSize = maxSize;
    this.begun = begun;
    this.reports = reports;
    this.bad = new BadEntries(name + ": " + source);
  }

  /** Reads to the end of the stream. Call {@link #end} to end the last list. */
  void readAll() throws IOException {
    while (lines.next()) {
      if (lines.isBlank()) {
        end();
      } else {
        add();
      }
    }
  }

  private void add() {
    if (list == null) {
      list = new TextList(TextList.PLAIN, bad);
      listStart = lines.bytes();
      count++;
      open = count;
      begun.run();
    }
    // A list that is too large is read to its end, but not kept.
    if (lines.bytes() - listStart <= maxSize) {
      list.add(lines);
    }
  }

  /** Ends and reports the open list, if there is one. */
  void end() {
    TextList ended = list;
    if (ended == null) {
      return;
    }
    list = null;
    open = 0;
    Refresh read = ended.end(source);
    if (lines.bytes() - listStart > maxSize) {
      reports.accept(
          Refresh.failure(
              "%s: a list of more than %d bytes is refused".formatted(source, maxSize)));
    } else if (ended.size() > 0 || read instanceof Refresh.Failure) {
      reports.accept(read);
    } else {
      log.info("{}: {}: ignored a list that has only comments", name, source);
    }
  }

  /** Returns the number of the open list, from 1; 0 if none is open. */
  long openList() {
    return open;
  }
}
