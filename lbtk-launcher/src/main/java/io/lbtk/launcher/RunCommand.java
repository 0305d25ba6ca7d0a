package io.lbtk.launcher;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs everything that a file names. */
@Command(
    name = "run",
    description = "Starts everything in the file. SIGTERM drains, a second one stops now.")
final class RunCommand implements Callable<Integer> {

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(paramLabel = "FILE", description = "Settings: kind.name.option = value")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    return run(file, common);
  }

  static int run(Path file, CommonOptions common) {
    try (Launch launch = Launch.ofFile(file, common)) {
      return Launch.run(launch.plan());
    }
  }
}
