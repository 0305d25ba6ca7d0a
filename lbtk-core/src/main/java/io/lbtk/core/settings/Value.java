package io.lbtk.core.settings;

import io.lbtk.api.Option;
import org.jspecify.annotations.Nullable;

/**
 * The value of one entry, with everything put in.
 *
 * @param text the value; null if it could not be had, which was reported
 * @param hidden whether it came from elsewhere, and is never shown
 * @param placeholders put in what it points to
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

  /** Returns whether it is made of files, which may change. */
  boolean isFromFile() {
    return text != null && entry.text().contains("${file:");
  }

  /**
   * Returns the text as the files have it now.
   *
   * @throws IllegalArgumentException if one cannot be read; the message says which
   */
  String readAgain() {
    return placeholders.resolve(entry.text(), entry.folder()).text();
  }

  /** Whether the value of this option is never shown. */
  boolean isHidden(Option<?> option) {
    return hidden || option.isSecret();
  }

  /** The value for people. */
  String shown(Option<?> option) {
    return isHidden(option) || text == null ? "[hidden]" : text;
  }
}
