package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How lbtk is started, as a user would: by {@code bin/lbtk} if there is one, else by its jar.
 *
 * @param root of the source tree
 * @param javaHome the JDK that runs it
 */
record Lbtk(Path root, Path javaHome) {

  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-Xmx64m");

  private Path script() {
    return root.resolve("bin/lbtk");
  }

  Path jar() {
    return root.resolve("lbtk-launcher/target/lbtk-launcher.jar");
  }

  /** Runs everything that a file of settings names. */
  List<String> command(String file) {
    if (Files.isExecutable(script())) {
      return List.of(script().toString(), file);
    }
    return List.of(
        javaHome.resolve("bin/java").toString(),
        FLAGS.get(0),
        FLAGS.get(1),
        "-jar",
        jar().toString(),
        file);
  }

  /** By which the script finds its java. */
  Map<String, String> environment() {
    return Map.of("LBTK_JAVA", javaHome.resolve("bin/java").toString());
  }

  /** Makes the script's archive of classes, if there is a script: else its first start would. */
  void makeArchive() throws IOException, InterruptedException {
    if (!Files.isExecutable(script())) {
      return;
    }
    ProcessBuilder builder = new ProcessBuilder(script().toString());
    builder.environment().putAll(environment());
    builder.environment().put("LBTK_ARCHIVE", "make");
    builder.redirectErrorStream(true);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("LBTK_ARCHIVE=make " + script() + ": " + said);
    }
  }

  /** The command, for a reader. */
  String about() {
    return Files.isExecutable(script())
        ? "bin/lbtk FILE"
        : "java " + String.join(" ", FLAGS) + " -jar lbtk-launcher.jar FILE";
  }
}
