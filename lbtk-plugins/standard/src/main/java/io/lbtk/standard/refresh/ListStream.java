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
 * Lists of targets that come one after the other on a stream: blank lines end one. A list without a
 * target is refused.
 *
 * <p>Read by one thread; {@link #openList} can be asked by others.
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
   * Lists of one stream.
   *
   * @param name of the refresher, for the log
   * @param source what is read, for the log and for failures
   * @param maxSize a list with more bytes is refused
   * @param begun is called at the first line of each list
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

  /** Reads to the end of the stream. The last list may not be ended then: {@link #end}. */
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
    // A list that is too large is read on to its end, but not kept.
    if (lines.bytes() - listStart <= maxSize) {
      list.add(lines);
    }
  }

  /** Ends the list that is open, if there is one. */
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
      log.info("{}: {}: a list of comments alone is passed over", name, source);
    }
  }

  /** The number of the list that is open now, from 1 on; 0 if none is. */
  long openList() {
    return open;
  }
}
