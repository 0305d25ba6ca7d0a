package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Command that starts lbtk: {@code bin/lbtk} if it exists, otherwise the jar.
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

  /** A JDK and its feature release, such as 17. */
  record Jdk(Path home, int feature) {

    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");
    private static final Path USUAL = Path.of("/usr/lib/jvm");

    /** The one that runs this. */
    static Jdk current() {
      return new Jdk(Path.of(System.getProperty("java.home")), Runtime.version().feature());
    }

    /**
     * The newest that is newer than the current one: the one that {@code LBTK_NEWER_JAVA_HOME}
     * names, or any of the usual place.
     */
    static Optional<Jdk> newest() throws IOException {
      List<Path> named =
          Optional.ofNullable(System.getenv("LBTK_NEWER_JAVA_HOME")).map(Path::of).stream()
              .toList();
      try (Stream<Path> usual = Files.isDirectory(USUAL) ? Files.list(USUAL) : Stream.empty()) {
        return Stream.concat(named.stream(), usual)
            .flatMap(home -> at(home).stream())
            .filter(jdk -> jdk.feature() > current().feature())
            .max(Comparator.comparingInt(Jdk::feature));
      }
    }

    private static Optional<Jdk> at(Path home) {
      Path release = home.resolve("release");
      if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isRegularFile(release)) {
        return Optional.empty();
      }
      try {
        return feature(Files.readString(release)).map(feature -> new Jdk(home, feature));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** By the text of the file {@code release}. */
    static Optional<Integer> feature(String release) {
      Matcher matcher = VERSION.matcher(release);
      return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }
  }
}
