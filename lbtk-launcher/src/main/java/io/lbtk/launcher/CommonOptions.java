package io.lbtk.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of every command, before or after its name. */
final class CommonOptions {

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this.")
  private boolean help;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "A folder of plugins: each jar, or folder of jars, is one.")
  private @Nullable Path plugins;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log what happens in detail, and stack traces.")
  void verbose(boolean on) {
    if (on) {
      LogSetup.debug();
    }
  }

  @Option(names = "-d", hidden = true, scope = ScopeType.INHERIT)
  void daemon(boolean on) {
    if (on) {
      throw new UsageException(
          "-d: lbtk stays in the foreground (expected: a service of systemd that runs it, or"
              + " nohup java -jar lbtk-launcher.jar … &)");
    }
  }

  @Option(names = "-f", hidden = true, scope = ScopeType.INHERIT)
  void processes(boolean on) {
    if (on) {
      throw new UsageException(
          "-f: lbtk uses all cores in one process (expected: --loops N to use N of them)");
    }
  }

  /** Returns the folder of plugins, if one is given. */
  Optional<Path> plugins() {
    if (plugins != null && !Files.isDirectory(plugins)) {
      throw new UsageException("--plugins = %s (expected: a folder of jars)".formatted(plugins));
    }
    return Optional.ofNullable(plugins);
  }
}
