package io.lbtk.core.settings;

import io.lbtk.api.Option;
import org.jspecify.annotations.Nullable;

/**
 * The resolved value of one entry.
 *
 * @param text the value; null if it could not be resolved, which was reported
 * @param hidden whether it contains resolved text, and is never shown
 * @param placeholders the resolver of its placeholders
 */
record Value(Entry entry, @Nullable String text, boolean hidden, Placeholders placeholders) {

  static Value of(Entry entry, Placeholders placeholders, Problems problems) {
    try {
      Placeholders.Resolved resolved = placeholders.resolve(entry.text(), entry.folder());
      return new Value(entry, resolved.text(), resolved.hidden(), placeholders);
    } catch (IllegalArgumentException e) {
      problems.add(entry, ": " + e.getMessage());
      return new Value(entry, null, true, placeholders);
    }
  }

  /** Returns whether it contains the contents of files, which may change. */
  boolean isFromFile() {
    return text != null && entry.text().contains("${file:");
  }

  /**
   * Returns the text with the current contents of the files.
   *
   * @throws IllegalArgumentException if one cannot be read; the message says which
   */
  String readAgain() {
    return placeholders.resolve(entry.text(), entry.folder()).text();
  }

  /** Returns whether the value of this option is never shown. */
  boolean isHidden(Option<?> option) {
    return hidden || option.isSecret();
  }

  /** Returns the value as messages show it. */
  String shown(Option<?> option) {
    return isHidden(option) || text == null ? "[hidden]" : text;
  }
}
