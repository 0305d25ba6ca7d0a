package example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The built jar in the hands of the real launcher. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class DirectoryRefresherIT {

  @TempDir Path folder;

  private Path plugins;

  @BeforeEach
  void dropTheJar() throws IOException {
    Path jar = Path.of(System.getProperty("plugin.jar"));
    plugins = Files.createDirectories(folder.resolve("plugins"));
    Files.copy(jar, plugins.resolve(jar.getFileName()));
  }

  @Test
  void theJarAddsATypeOfRefresher() throws Exception {
    Path targets = Files.createDirectories(folder.resolve("targets"));
    Files.createFile(targets.resolve("127.0.0.1:8000"));
    Files.createFile(targets.resolve("127.0.0.1:8001 weight=2"));
    Files.createFile(targets.resolve("no target"));

    Process process =
        lbtk("refresh", "--plugins", plugins.toString(), "directory", targets.toString(), "--once");

    assertThat(process.inputReader().lines())
        .containsExactly("127.0.0.1:8000", "127.0.0.1:8001 weight=2", "");
    assertThat(process.waitFor()).isZero();
  }

  private static Process lbtk(String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                launcherClassPath(),
                "io.lbtk.launcher.Main"));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Returns the class path of this test without the plugin, which comes from its folder alone. */
  private static String launcherClassPath() {
    Path own = Path.of(System.getProperty("plugin.jar")).getParent();
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).startsWith(own))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
