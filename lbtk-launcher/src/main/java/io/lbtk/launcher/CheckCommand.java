package io.lbtk.launcher;

import io.lbtk.launcher.topology.Plan;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Names everything that is wrong with a file. */
@Command(
    name = "check",
    description =
        "Names all problems of the file at once; without any, prints the effective settings, and"
            + " names parts that nothing uses.")
final class CheckCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Parameters(paramLabel = "FILE", description = "Settings: kind.name.option = value")
  private Path file = Path.of("");

  @Override
  public Integer call() {
    try (Launch launch = Launch.ofFile(file, lbtk.common())) {
      Plan plan = launch.plan();
      Screen.say(plan.unused());
      new Output().print(launch.effective());
      return Exit.OK;
    }
  }
}
