package io.lbtk.launcher.topology;

import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The standard input of the process, which only one refresher may read: each of two would get a
 * part of the input. Not thread-safe; used while the topology is built.
 */
final class StandardInput {

  /** Type of the refreshers that read it. */
  static final String TYPE = "stdin";

  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/0");

  private @Nullable String reader;

  /**
   * Assigns the input to a reader.
   *
   * @param asker the part that needs it, for errors
   * @param wanted the key that names the reader, and the refreshers in between
   * @throws SettingsException if it has a reader already
   */
  void claim(String asker, String wanted) {
    if (reader != null) {
      throw new SettingsException(
          "%s: %s would share the standard input with %s (expected: it is read once)"
              .formatted(asker, wanted, reader));
    }
    reader = wanted;
  }

  /**
   * Checks that the input is open, if it has a reader. A process that was started with a closed
   * stdin has a file of the JVM under that descriptor, and would read it.
   *
   * @param asker the part that is about to start
   * @throws StartException if the input is closed
   */
  void checkOpen(String asker) {
    if (reader != null && isFileOfThisJvm()) {
      throw new StartException(
          "%s: the standard input is closed (expected: lists of targets, or < /dev/null)"
              .formatted(asker));
    }
  }

  private static boolean isFileOfThisJvm() {
    if (!Files.isRegularFile(DESCRIPTOR)) {
      return false;
    }
    try {
      Path file = DESCRIPTOR.toRealPath();
      return file.startsWith(Path.of(System.getProperty("java.home")).toRealPath())
          || isOnClassPath(file);
    } catch (IOException e) {
      return false; // deleted since, and so not a file of the JVM
    }
  }

  private static boolean isOnClassPath(Path file) {
    String[] entries = System.getProperty("java.class.path", "").split(File.pathSeparator, -1);
    return Arrays.stream(entries).anyMatch(entry -> isSame(entry, file));
  }

  private static boolean isSame(String entry, Path file) {
    try {
      return Files.isSameFile(Path.of(entry), file);
    } catch (IOException | InvalidPathException e) {
      return false; // the JVM skips missing entries, too
    }
  }
}
