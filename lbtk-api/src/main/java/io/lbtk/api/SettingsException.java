package io.lbtk.api;

import java.util.List;

/** The settings are wrong. Carries every problem that was found, each in words for the operator. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An array, since a field of an exception must be serializable. */
  private final String[] problems;

  /** One problem. */
  public SettingsException(String problem) {
    this(List.of(problem));
  }

  /**
   * All problems of one reading.
   *
   * @throws IllegalArgumentException if there is none
   */
  public SettingsException(List<String> problems) {
    super(String.join("\n", problems));
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("no problem (expected: at least one)");
    }
    this.problems = problems.toArray(String[]::new);
  }

  /** Each problem: the key, the value, what was expected. */
  public List<String> problems() {
    return List.of(problems);
  }
}
