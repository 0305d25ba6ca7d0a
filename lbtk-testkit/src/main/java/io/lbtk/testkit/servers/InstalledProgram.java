package io.lbtk.testkit.servers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An installed program that a test runs, such as a server. It is searched in {@code PATH} and in
 * the usual folders of servers.
 */
public final class InstalledProgram {

  private static final String SERVERS = "/usr/sbin:/usr/local/sbin:/usr/local/bin";

  private InstalledProgram() {}

  /**
   * Finds a program. If it is missing, the test is skipped, or fails if {@code CI} is true.
   *
   * @param name the name of its file
   */
  public static Path required(String name) {
    Optional<Path> found = find(name);
    if (found.isEmpty() && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("no %s (expected: one in PATH, or %s)".formatted(name, SERVERS));
    }
    return ifInstalled(name);
  }

  /**
   * Finds a program that not every system has a package of. If it is missing, the test is skipped.
   */
  public static Path ifInstalled(String name) {
    Optional<Path> found = find(name);
    assumeTrue(found.isPresent(), "no " + name);
    return found.orElseThrow();
  }

  private static Optional<Path> find(String name) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path, SERVERS)
        .flatMap(folders -> Stream.of(folders.split(File.pathSeparator)))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
