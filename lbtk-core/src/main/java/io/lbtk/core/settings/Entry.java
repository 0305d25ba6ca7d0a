package io.lbtk.core.settings;

import java.nio.file.Path;

/**
 * One line of settings, with its origin.
 *
 * @param source the file as the user named it, or the word of the command line: {@code --policy}
 * @param line the line in the file, from 1; 0 if it is from no file
 * @param key the whole key: {@code proxy.front.listen}
 * @param text the value as it is written
 */
public record Entry(String source, int line, String key, String text) {

  /** Returns an entry from the command line, shown in errors as that argument. */
  public static Entry argument(String word, String key, String text) {
    return new Entry(word, 0, key, text);
  }

  /**
   * Returns the prefix of errors about this entry: {@code lbtk.properties:7: proxy.front.listen}.
   */
  String label() {
    return line > 0 ? "%s:%d: %s".formatted(source, line, Problems.printable(key)) : source;
  }

  /**
   * Returns the directory that relative paths in the value count from: that of the file, or the
   * current one, which is the empty path, for what is from no file.
   */
  Path folder() {
    Path folder = line > 0 ? Path.of(source).getParent() : null;
    return folder == null ? Path.of("") : folder;
  }
}
