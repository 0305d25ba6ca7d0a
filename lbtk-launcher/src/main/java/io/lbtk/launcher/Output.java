package io.lbtk.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes data to standard output, as lines in UTF-8. Not thread-safe. */
final class Output {

  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private boolean closed;

  /** Creates a writer to the standard output of the process. */
  Output() {}

  /**
   * Writes lines and flushes them. A closed reader is not an error.
   *
   * @throws OutputException if they cannot be written
   */
  void print(Iterable<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    try {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (!isBrokenPipe(e)) {
        throw new OutputException(e);
      }
      closed = true;
    }
  }

  /**
   * Returns true if the reader has closed the pipe. The error message depends on the locale, so the
   * type of the file counts too.
   */
  private static boolean isBrokenPipe(IOException e) {
    return "Broken pipe".equals(e.getMessage()) || isPipe();
  }

  private static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(DESCRIPTOR).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException e) {
      return false; // not Linux
    }
  }

  /** Returns true if the reader has closed the pipe. */
  boolean isClosed() {
    return closed;
  }
}
