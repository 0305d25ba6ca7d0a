package io.lbtk.net.tls;

import java.util.List;

/** Files of which no context can be made. The problems are for the operator. */
final class TlsException extends Exception {

  private static final long serialVersionUID = 1L;

  /** An array, since a field of an exception must be serializable. */
  private final String[] problems;

  TlsException(String problem) {
    this(List.of(problem));
  }

  TlsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = problems.toArray(String[]::new);
  }

  /** Each problem: the option, the file, what was expected. */
  List<String> problems() {
    return List.of(problems);
  }
}
