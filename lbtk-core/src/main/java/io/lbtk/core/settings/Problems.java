package io.lbtk.core.settings;

import io.lbtk.api.PrintableText;
import io.lbtk.api.SettingsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems of the settings of one start. Not thread-safe. */
public final class Problems {

  private static final int MAX_SHOWN = 200;

  private final List<Problem> problems = new ArrayList<>();

  /** Creates an empty list. */
  public Problems() {}

  /**
   * Returns a text as a message can show it: cut where it is long, and without characters that are
   * invisible or change how others are shown.
   */
  static String printable(String text) {
    return PrintableText.of(text, MAX_SHOWN);
  }

  /** Adds a problem without a line. */
  public void add(String text) {
    add(0, text);
  }

  /** Adds a problem of an entry. The text must not repeat a value that may be secret. */
  void add(Entry entry, String text) {
    add(entry.line(), entry.label() + text);
  }

  void add(int line, String text) {
    problems.add(new Problem(line, text));
  }

  /** Returns whether there is no problem. */
  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** Returns every problem, in the order of the lines; those without a line come last. */
  public List<String> list() {
    return problems.stream()
        .sorted(Comparator.comparingInt(Problem::order))
        .map(Problem::text)
        .distinct()
        .toList();
  }

  /**
   * Throws an exception if there is any problem.
   *
   * @throws SettingsException with every problem
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new SettingsException(list());
    }
  }

  private record Problem(int line, String text) {

    int order() {
      return line == 0 ? Integer.MAX_VALUE : line;
    }
  }
}
