package io.lbtk.standard.refresh;

import io.lbtk.api.Option;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.DocumentReader;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonException;
import io.lbtk.discovery.json.JsonReading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads documents that hold one list of targets. Entries that are not targets are logged and
 * skipped; a document that is malformed as a whole is a failure. Not thread-safe.
 */
final class ListReader implements DocumentReader {

  private static final long LARGEST = 1L << 30;

  static final Option<ListFormat> FORMAT =
      Option.choice("format", ListFormat.class)
          .orElse(ListFormat.AUTO)
          .doc(
              "Format of the list. text: one target per line; json: file_sd of Prometheus, or"
                  + " {\"targets\":[{\"host\":…,\"port\":…}]}; oio-cluster: output of oio-cluster -r;"
                  + " auto: text or json, by the first character."
                  + " {\"targets\":[{\"host\":…,\"port\":…}]}; oio-cluster: what oio-cluster -r prints;"
                  + " auto: text or json, by the first character.");

  static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 && size <= LARGEST, "1 to 1GiB")
          .doc("Largest size of a list; a larger one is refused.");

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

  /**
   * Checks the largest size of a list.
   *
   * @return the size
   * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
   */
  static long checkedSize(long bytes) {
    if (bytes < 1 || bytes > LARGEST) {
      throw new IllegalArgumentException("max-size %d (expected: 1 byte to 1GiB)".formatted(bytes));
    }
    return bytes;
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

  /**
   * Parses a line of {@code oio-cluster -r NAMESPACE}: {@code
   * OPENIO|rawx|127.0.0.1:6010|score=81|tag.up=true|tag.loc=vm.vol1}. The score is the weight; a
   * service that is not up has weight 0. Version 0.8 prints a line about the namespace first, which
   * has no target.
   */
  static final class OioClusterLine implements TextList.LineReader {

    private static final String NAMESPACE = "NAMESPACE";
    private static final String SCORE = "score=";
    private static final String UP = "tag.up=";

    @Override
    public Optional<Target> read(String line) {
      String[] fields = line.split("\\|", -1);
      if (fields[0].equals(NAMESPACE)) {
        return Optional.empty();
      }
      if (fields.length < 4 || !fields[3].startsWith(SCORE)) {
        throw new IllegalArgumentException("expected: NAMESPACE|TYPE|host:port|score=NUMBER");
      }
      boolean up = true;
      for (int i = 4; i < fields.length; i++) {
        if (fields[i].startsWith(UP)) {
          up = isUp(fields[i].substring(UP.length()));
        }
      }
      int weight = OpenioService.weight(fields[3].substring(SCORE.length()));
      return Optional.of(Target.parse(fields[2]).withWeight(up ? weight : 0));
    }

    private static boolean isUp(String value) {
      return switch (value) {
        case "true" -> true;
        case "false" -> false;
        default -> throw EntryValue.wrong("tag.up", value, "true or false");
      };
    }
  }
}
