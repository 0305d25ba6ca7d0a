package io.lbtk.launcher;

import io.lbtk.core.settings.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the words of a command into the entries that a file would have. */
final class Words {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * Adds an entry, if there is a word for it.
   *
   * @param shown how the word is named in errors: {@code --policy}
   */
  Words put(String shown, String key, @Nullable Object value) {
    if (value != null) {
      entries.add(Entry.argument(shown, key, value.toString()));
    }
    return this;
  }

  /** Adds an entry whose value is a list. */
  Words putList(String shown, String key, List<String> values) {
    return put(shown, key, String.join(", ", values));
  }

  List<Entry> entries() {
    return entries;
  }
}
