package io.lbtk.launcher;

import io.lbtk.core.settings.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the words of a command into the entries that a file would have. */
final class Args {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * Adds an entry, if there is a word for it.
   *
   * @param shown how the word is named in errors: {@code --policy}
   * @throws UsageException if another word gave the same key before
   */
  Args put(String shown, String key, @Nullable Object value) {
    if (value != null) {
      for (Entry entry : entries) {
        if (entry.key().equals(key)) {
          throw new UsageException(
              "%s: %s says that already (expected: one of them)".formatted(shown, entry.source()));
        }
      }
      entries.add(Entry.argument(shown, key, value.toString()));
    }
    return this;
  }

  /**
   * Adds the options of a part that were given by {@code --option k=v}.
   *
   * @param part the part: {@code proxy.main}
   * @throws UsageException if another word gave one of them before
   */
  Args putOptions(String part, Map<String, String> options) {
    options.forEach((key, value) -> put("--option " + key, part + "." + key, value));
    return this;
  }

  /** Adds an entry whose value is a list. */
  Args putList(String shown, String key, List<String> values) {
    return put(shown, key, String.join(", ", values));
  }

  List<Entry> entries() {
    return entries;
  }
}
