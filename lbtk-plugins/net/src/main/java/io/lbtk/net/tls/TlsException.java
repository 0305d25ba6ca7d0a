package io.lbtk.net.tls;

import java.util.List;

/**
 * Thrown if no TLS context can be built from the files. The problems are meant for the operator.
 */
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

  /** Returns the problems, each with the option, the file and the expected content. */
  List<String> problems() {
    return List.of(problems);
  }
}
