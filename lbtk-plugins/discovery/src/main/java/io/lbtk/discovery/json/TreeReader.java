package io.lbtk.discovery.json;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.DocumentReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON of any shape that has an array of entries, or an object whose values are entries, each
 * of which gives a target. An entry that does not is logged and skipped; a document without the
 * array is refused as a whole.
 */
public final class TreeReader implements DocumentReader {

  /** Reads the target of one entry. */
  public interface EntryReader {

    /**
     * Reads an entry, in the form of {@link JsonTree}.
     *
     * @throws IllegalArgumentException if it has no target; the message says what was expected
     */
    Target read(@Nullable Object entry);
  }

  private final String source;
  private final JsonPointer array;
  private final EntryReader entryReader;
  private final BadEntries bad;

  /**
   * Creates a reader.
   *
   * @param name the name of the refresher, for the log
   * @param source the name of the document in the log and in failures
   * @param array the pointer to the entries
   * @param entryReader reads one entry
   */
  public TreeReader(String name, String source, JsonPointer array, EntryReader entryReader) {
    this.source = source;
    this.array = array;
    this.entryReader = entryReader;
    this.bad = new BadEntries(name + ": " + source);
  }

  @Override
  public Refresh read(byte[] document) {
    Object entries;
    try {
      entries = JsonTree.at(JsonTree.read(document).orElse(null), array);
    } catch (JsonException e) {
      return Refresh.failure(source + ": " + e.getMessage());
    }
    if (entries instanceof Map<?, ?> object) {
      List<Object> names = new ArrayList<>(object.keySet());
      return read(
          object.values(), number -> PrintableText.of(String.valueOf(names.get(number)), 80));
    }
    if (entries instanceof List<?> list) {
      return read(list, number -> Integer.toString(number + 1));
    }
    return Refresh.failure(
        "%s: no array %s (expected: one of targets)"
            .formatted(source, array.matches() ? "at its root" : "at " + array));
  }

  private Refresh read(Collection<?> entries, IntFunction<String> place) {
    bad.begin();
    List<Target> targets = new ArrayList<>();
    int number = 0;
    for (Object entry : entries) {
      try {
        targets.add(entryReader.read(entry));
      } catch (IllegalArgumentException e) {
        bad.add(
            "entry " + place.apply(number), String.valueOf(entry), String.valueOf(e.getMessage()));
      }
      number++;
    }
    bad.end();
    return bad.result(source, targets);
  }
}
