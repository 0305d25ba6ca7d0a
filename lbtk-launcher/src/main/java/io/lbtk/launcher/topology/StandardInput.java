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
 * The standard input of the process, which has one reader: each of two would get a part of what
 * comes. Used by one thread, while the topology is built.
 */
final class StandardInput {

  /** The type of the refreshers that read it. */
  static final String TYPE = "stdin";

  private static final Path DESCRIPTOR = Path.of("/proc/self/fd/0");

  private @Nullable String reader;

  /**
   * Gives it to a reader.
   *
   * @param asker the part that needs it, for errors
   * @param wanted the key by which it is to be read, and the way from there
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
   * Finds an input that is not there, if somebody is to read it. A process that was started with
   * its input closed has a file of the JVM in the place of it, and would read that.
   *
   * @param asker the part that is to start
   * @throws StartException if it is closed
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
      return false; // a file that was deleted since, and so none of the JVM
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
      return false; // the JVM passes over what is not there, too
    }
  }
}
