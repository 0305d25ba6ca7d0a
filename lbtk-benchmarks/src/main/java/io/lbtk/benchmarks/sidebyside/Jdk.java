package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A JDK and its feature release, such as 17. */
record Jdk(Path home, int feature) {

  private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");
  private static final Path USUAL = Path.of("/usr/lib/jvm");

  /** The one that runs this. */
  static Jdk current() {
    return new Jdk(Path.of(System.getProperty("java.home")), Runtime.version().feature());
  }

  /**
   * The newest that is newer than the current one: the one that {@code LBTK_NEWER_JAVA_HOME} names,
   * or any of the usual place.
   */
  static Optional<Jdk> newest() throws IOException {
    List<Path> named =
        Optional.ofNullable(System.getenv("LBTK_NEWER_JAVA_HOME")).map(Path::of).stream().toList();
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
