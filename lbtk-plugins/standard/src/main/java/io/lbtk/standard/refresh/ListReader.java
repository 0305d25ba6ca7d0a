package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonReading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Reads documents that hold one list of targets. Entries that are not targets are logged and
 * skipped; a document that is malformed as a whole is a failure. Not thread-safe.
 */
final class ListReader implements DocumentReader {

  private final String source;
  private final ListFormat format;
  private final BadEntries bad;

  /**
   * Creates a reader.
   *
   * @param name the name of the refresher, for the log
   * @param source the name of the document in the log and in failures
   * @param format the format of the list
   */
  ListReader(String name, String source, ListFormat format) {
    this.source = source;
    this.format = format;
    this.bad = new BadEntries(name + ": " + source);
  }

  @Override
  public Refresh read(byte[] document) {
    return isJson(document) ? readJson(document) : readText(document);
  }

  private Refresh readJson(byte[] document) {
    bad.begin();
    try {
      List<Target> targets = new JsonList(bad).read(document);
      bad.end();
      return bad.result(source, targets);
    } catch (JsonException e) {
      bad.end();
      return Refresh.failure(source + ": " + e.getMessage());
    }
  }

  private Refresh readText(byte[] document) {
    TextList list =
        new TextList(format == ListFormat.OIO_CLUSTER ? new OioClusterLine() : TextList.PLAIN, bad);
    try {
      Lines lines = new Lines(new ByteArrayInputStream(document));
      while (lines.next()) {
        list.add(lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return list.end(source);
  }

  /** Returns true if the document looks incomplete. */
  boolean looksUnfinished(byte[] document) {
    return document.length == 0 || (document[document.length - 1] != '\n' && !isJson(document));
  }

  private boolean isJson(byte[] document) {
    return switch (format) {
      case JSON -> true;
      case TEXT, OIO_CLUSTER -> false;
      case AUTO -> looksLikeJson(document);
    };
  }

  /** Returns true if the document starts like JSON. A bracket can also start an IPv6 address. */
  private static boolean looksLikeJson(byte[] document) {
    int i = JsonReading.startsWithByteOrderMark(document) ? 3 : 0;
    while (i < document.length && document[i] >= 0 && document[i] <= ' ') {
      i++;
    }
    if (i == document.length || document[i] == '{') {
      return i < document.length;
    }
    return document[i] == '['
        && (i + 1 == document.length
            || (Character.digit(document[i + 1], 16) < 0 && document[i + 1] != ':'));
  }
}
