package io.lbtk.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The standard output, which is for data alone: lines in UTF-8. Not thread-safe. */
final class Output {

  private final PrintStream out;

  /** The standard output of the process. */
  Output() {
    this(new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8));
  }

  Output(PrintStream out) {
    this.out = out;
  }

  /** Writes lines, and sends them on at once. */
  void print(Iterable<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    out.print(text);
    out.flush();
  }

  /** Whether nobody reads any more. */
  boolean isClosed() {
    return out.checkError();
  }
}
