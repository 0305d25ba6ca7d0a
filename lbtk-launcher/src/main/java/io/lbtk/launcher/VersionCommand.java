package io.lbtk.launcher;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the version: {@code lbtk version} is {@code lbtk --version}. */
@Command(name = "version", description = "Shows the version.")
final class VersionCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    spec.parent().commandLine().printVersionHelp(System.out);
    return Exit.OK;
  }
}
