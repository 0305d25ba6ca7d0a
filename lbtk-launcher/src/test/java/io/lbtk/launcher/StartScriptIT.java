package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.ClosedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/lbtk} with the built jar, by a symbolic link. */
@EnabledOnOs(OS.LINUX)
class StartScriptIT {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin/java").toString();

  @TempDir private Path folder;
  private Path link;
  private Path lib;
  private Path classLog;

  @BeforeEach
  void install() throws IOException {
    classLog = folder.resolve("classes.log");
    installIn("place");
  }

  private void installIn(String place) throws IOException {
    Path home = folder.resolve(place);
    Path script = Files.createDirectories(home.resolve("bin")).resolve("lbtk");
    Files.copy(Path.of(System.getProperty("launcher.script")), script);
    lib = Files.createDirectories(home.resolve("lib"));
    Files.copy(Path.of(System.getProperty("launcher.jar")), lib.resolve("lbtk-launcher.jar"));
    link = Files.createSymbolicLink(folder.resolve("link to " + place), script);
  }

  private LbtkProcess start(Map<String, String> variables, String... words) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(Stream.of(link.toString()), Stream.of(words)).toList());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("LBTK_"));
    environment.put("LBTK_JAVA", JAVA);
    environment.put("LBTK_JAVA_OPTS", "-Xmx128m -Xlog:class+load:file=" + classLog);
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    environment.putAll(variables);
    return LbtkProcess.startBy(builder);
  }

  private Path proxySettings(ClosedPort tokens) throws IOException {
    return Files.writeString(
        folder.resolve("a proxy.properties"),
        """
        proxy.p.listen = 127.0.0.1:0
        proxy.p.tokens = tcp://%s
        """
            .formatted(tokens.target().hostPort()));
  }

  private void makeArchive() throws Exception {
    try (LbtkProcess make = start(Map.of("LBTK_ARCHIVE", "make"))) {
      assertThat(make.exitCode()).as("of %s", make.err()).isZero();
      assertThat(make.out()).isEmpty();
    }
  }

  private List<String> archives() throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".jsa"))
          .toList();
    }
  }

  /** Where the class that begins came from, at the last start. */
  private String sourceOfMain() throws IOException {
    try (Stream<String> lines = Files.lines(classLog)) {
      return lines
          .filter(line -> line.contains(" io.lbtk.launcher.Main "))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aSignalReachesTheProxyWhichEndsWell() throws Exception {
    installIn("a place");
    try (ClosedPort tokens = new ClosedPort();
        LbtkProcess proxy =
            start(
                Map.of("LBTK_ARCHIVE", "off"),
                "proxy",
                "127.0.0.1:0",
                "tcp://" + tokens.target().hostPort())) {
      proxy.awaitErr("^listening proxy\\.");
      proxy.terminate();

      assertThat(proxy.exitCode()).isZero();
    }
    assertThat(sourceOfMain()).contains("a%20place/lib/lbtk-launcher.jar");
    assertThat(archives()).isEmpty();
  }

  @Test
  void theArchiveThatWasMadeIsUsed() throws Exception {
    makeArchive();
    assertThat(archives()).hasSize(1);

    try (ClosedPort tokens = new ClosedPort();
        LbtkProcess proxy = start(Map.of(), proxySettings(tokens).toString())) {
      proxy.awaitErr("^listening proxy\\.");
      proxy.terminate();

      assertThat(proxy.exitCode()).isZero();
      assertThat(proxy.out()).isEmpty();
    }
    assertThat(sourceOfMain()).contains("shared objects file (top)");
  }

  @Test
  void anotherJarGetsAnotherArchive() throws Exception {
    makeArchive();
    List<String> before = archives();
    Files.setLastModifiedTime(
        lib.resolve("lbtk-launcher.jar"), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));

    try (LbtkProcess lbtk = start(Map.of(), "--version")) {
      assertThat(lbtk.exitCode()).isZero();
      assertThat(lbtk.out()).hasSize(1);
    }
    assertThat(sourceOfMain()).contains("lbtk-launcher.jar");
    makeArchive();

    assertThat(archives()).hasSize(1).doesNotContainAnyElementsOf(before);
  }

  @Test
  void theFirstStartMakesTheArchiveAndDoesNotWaitForIt() throws Exception {
    try (ClosedPort tokens = new ClosedPort()) {
      String file = proxySettings(tokens).toString();
      try (LbtkProcess one = start(Map.of(), file);
          LbtkProcess two = start(Map.of(), file)) {
        one.awaitErr("^listening proxy\\.");
        two.awaitErr("^listening proxy\\.");
        await().atMost(Duration.ofSeconds(60)).until(() -> archives().size() == 1);
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(lib).isDirectoryNotContaining("glob:**.begun"));
      try (LbtkProcess next = start(Map.of(), file)) {
        next.awaitErr("^listening proxy\\.");
      }
    }
    assertThat(sourceOfMain()).contains("shared objects file (top)");
  }

  @Test
  void aCollectorOfOnesOwnTakesThePlaceOfThatOfTheScript() throws Exception {
    try (LbtkProcess lbtk = start(Map.of("LBTK_JAVA_OPTS", "-XX:+UseParallelGC"), "--version")) {
      assertThat(lbtk.exitCode()).as("of %s", lbtk.out()).isZero();
    }
  }

  @Test
  void aJavaThatIsTooOldIsNamed() throws Exception {
    Path java = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();

    assertThat(problem(java)).startsWith("lbtk: %s: is no Java 17 or newer ".formatted(java));
    Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"1.8.0_452\"\n");
    assertThat(problem(java)).startsWith("lbtk: %s: is no Java 17 or newer ".formatted(java));
  }

  @Test
  void aJavaThatIsNotThereIsNamed() throws Exception {
    Path java = folder.resolve("none/bin/java");

    assertThat(problem(java)).startsWith("lbtk: %s: cannot be run ".formatted(java));
  }

  private String problem(Path java) throws Exception {
    try (LbtkProcess lbtk = start(Map.of("LBTK_JAVA", java.toString()), "--version")) {
      assertThat(lbtk.exitCode()).isEqualTo(1);
      assertThat(lbtk.err()).hasSize(1);
      return lbtk.err().get(0);
    }
  }

  @Test
  void aJarThatIsNotThereIsNamed() throws Exception {
    Files.delete(lib.resolve("lbtk-launcher.jar"));

    assertThat(problem(Path.of(JAVA))).startsWith("lbtk: no " + lib + "/lbtk-launcher.jar");
  }
}
