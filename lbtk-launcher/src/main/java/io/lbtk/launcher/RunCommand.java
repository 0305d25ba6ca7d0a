package io.lbtk.launcher;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Runs everything that a file names. */
@Command(
    name = "run",
    description = "Starts everything in the file. SIGTERM drains, a second one stops now.")
final class RunCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Parameters(paramLabel = "FILE", description = "Settings: kind.name.option = value")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    return run(file, lbtk.common());
  }

  static int run(Path file, CommonOptions options) {
    try (Launch launch = Launch.ofFile(file, options)) {
      return Launch.run(launch.plan());
    }
  }
}
