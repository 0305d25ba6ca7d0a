package io.lbtk.launcher;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A folder of plugins: each jar, or folder of jars, is one.")
  private @Nullable Path plugins;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log what happens in detail, and stack traces.")
  void verbose(boolean on) {
    if (on) {
      LogSetup.debug();
    }
  }

  @Option(names = "-d", hidden = true)
  void daemon(boolean on) {
    if (on) {
      throw new UsageException(
          "-d: lbtk stays in the foreground (expected: a service of systemd that runs it, or"
              + " nohup java -jar lbtk-launcher.jar … &)");
    }
  }

  @Option(names = "-f", hidden = true)
  void processes(boolean on) {
    if (on) {
      throw new UsageException(
          "-f: lbtk uses all cores in one process (expected: --loops N to use N of them)");
    }
  }

  Optional<Path> plugins() {
    return Optional.ofNullable(plugins);
  }
}
