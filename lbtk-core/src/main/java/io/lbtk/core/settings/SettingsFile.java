package io.lbtk.core.settings;

import io.lbtk.api.SettingsException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A properties file with the lines of its entries. The syntax is that of {@link Properties}, in
 * UTF-8: {@code #} and {@code !} begin a comment, a backslash at the end of a line continues it in
 * the next.
 */
public final class SettingsFile {

  private final String source;
  private final Problems problems;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Integer> lines = new HashMap<>();

  private SettingsFile(String source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  /**
   * Reads a file. Invalid lines and duplicate keys are problems.
   *
   * @return the entries, in their order
   * @throws SettingsException if the file cannot be read at all
   */
  public static List<Entry> read(Path file, Problems problems) {
    return parse(file.toString(), decode(file), problems);
  }

  /**
   * Returns a line of which {@link #read} makes the same key and value again, in visible
   * characters.
   */
  static String line(String key, String value) {
    // Placeholders are already resolved, so this text only looks like one.
    return "%s = %s".formatted(escaped(key, "=:#! "), escaped(value.replace("${", "$${"), ""));
  }

  private static String escaped(String text, String special) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\\' || special.indexOf(c) >= 0) {
                escaped.append('\\').appendCodePoint(c);
              } else if (isVisible(c)) {
                escaped.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  escaped.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return escaped.toString();
  }

  /** Returns whether a character shows itself, and does not change how others are shown. */
  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  static List<Entry> parse(String source, String text, Problems problems) {
    SettingsFile reader = new SettingsFile(source, problems);
    reader.read(text);
    return List.copyOf(reader.entries);
  }

  private static String decode(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new SettingsException(file + ": is a directory (expected: a properties file)");
      }
      byte[] bytes = Files.readAllBytes(file);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new SettingsException(file + ": no such file (expected: a properties file)");
    } catch (CharacterCodingException e) {
      throw new SettingsException(file + ": is not UTF-8 (expected: a properties file in UTF-8)");
    } catch (IOException e) {
      throw new SettingsException("%s: cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private void read(String text) {
    StringBuilder logical = new StringBuilder();
    int first = 0;
    int number = 0;
    for (String line : text.split("\r\n|\n|\r", -1)) {
      number++;
      String stripped = line.stripLeading();
      if (first == 0) {
        if (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith("!")) {
          continue;
        }
        first = number;
      }
      if (goesOn(stripped)) {
        logical.append(stripped, 0, stripped.length() - 1);
        continue;
      }
      add(first, logical.append(stripped).toString());
      logical.setLength(0);
      first = 0;
    }
    if (first != 0) {
      add(first, logical.toString());
    }
  }

  /** Returns whether the line ends in an odd number of backslashes, so that it continues. */
  private static boolean goesOn(String line) {
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  private void add(int line, String logical) {
    Properties one = new Properties();
    try {
      one.load(new StringReader(logical));
    } catch (IOException | IllegalArgumentException e) {
      problems.add(
          line, "%s:%d: a broken escape (expected: \\u and four digits)".formatted(source, line));
      return;
    }
    for (String key : one.stringPropertyNames()) {
      Integer before = lines.putIfAbsent(key, line);
      if (before != null) {
        problems.add(
            line,
            "%s:%d: %s: stands in line %d already (expected: each key once)"
                .formatted(source, line, Problems.printable(key), before));
        continue;
      }
      entries.add(new Entry(source, line, key, one.getProperty(key, "").strip()));
    }
  }
}
