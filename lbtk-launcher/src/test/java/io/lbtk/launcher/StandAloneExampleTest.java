package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example outside of the build: its source compiles and runs against these modules. */
class StandAloneExampleTest {

  private static final Path EXAMPLE = Path.of("..", "examples", "stand-alone");

  @TempDir private Path classes;

  @Test
  void itTakesTheTokensThatItServes() throws Exception {
    PluginJar.compile(EXAMPLE.resolve("src/main/java/example/Main.java"), classes);

    assertThat(run()).containsExactly("10.0.0.1:80", "10.0.0.2:80", "10.0.0.1:80", "10.0.0.2:80");
  }

  private List<String> run() throws IOException, InterruptedException {
    Path output = classes.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + ":" + LbtkProcess.classPath(),
                "example.Main")
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(output);
  }

  @Test
  void itDependsOnTheLibrariesAsAnyOtherProject() throws IOException {
    assertThat(Files.readString(EXAMPLE.resolve("pom.xml")))
        .contains("<artifactId>lbtk-bom</artifactId>")
        .doesNotContain("<parent>")
        .doesNotContain("..");
    assertThat(Files.readString(EXAMPLE.resolveSibling("pom.xml"))).doesNotContain("stand-alone");
  }
}
