package io.lbtk.api;

import java.util.List;

/**
 * Thrown if settings are invalid. Contains every problem that was found, in words for the operator.
 */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** An array, since a field of an exception must be serializable. */
  private final String[] problems;

  /** Creates an exception of one problem. */
  public SettingsException(String problem) {
    this(List.of(problem));
  }

  /**
   * Creates an exception of all problems that were found.
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

  /** Returns each problem: the key, the value, and what was expected. */
  public List<String> problems() {
    return List.of(problems);
  }
}
