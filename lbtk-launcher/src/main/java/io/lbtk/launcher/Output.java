package io.lbtk.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The standard output, which is for data alone: lines in UTF-8. Not thread-safe. */
final class Output {

  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private boolean closed;

  /** The standard output of the process. */
  Output() {}

  /**
   * Writes lines, and sends them on at once. That nobody reads any more is no error.
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

  /** The words of the system are in the user's language, so what it is written to counts too. */
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

  /** Whether nobody reads any more. */
  boolean isClosed() {
    return closed;
  }
}
