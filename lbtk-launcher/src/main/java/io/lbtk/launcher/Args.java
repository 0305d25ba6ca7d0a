package io.lbtk.launcher;

import io.lbtk.core.settings.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns command-line arguments into settings entries. */
final class Args {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * Adds an entry, unless the value is null.
   *
   * @param shown the name of the argument in errors: {@code --policy}
   * @param key the key of the entry
   * @param value the value of the entry
   * @throws UsageException if another argument has set the same key
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
   * Adds the options of a part, given by {@code --option k=v}.
   *
   * @param part the part: {@code proxy.main}
   * @param options the options by name
   * @throws UsageException if another argument has set one of them
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
