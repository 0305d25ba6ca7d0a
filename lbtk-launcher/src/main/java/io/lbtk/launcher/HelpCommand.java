package io.lbtk.launcher;

import io.lbtk.core.settings.Suggestion;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains the commands: {@code lbtk help proxy} is {@code lbtk proxy --help}. */
@Command(name = "help", description = "Explains a command, as its --help does; or lists them.")
final class HelpCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The name of a command")
  private @Nullable String name;

  @Override
  public Integer call() {
    CommandLine lbtk = spec.parent().commandLine();
    (name == null ? lbtk : command(lbtk, name)).usage(System.out);
    return Exit.OK;
  }

  private static CommandLine command(CommandLine lbtk, String name) {
    CommandLine command = lbtk.getSubcommands().get(name);
    if (command == null) {
      throw new UsageException(
          "%s: no command%s"
              .formatted(name, Suggestion.forUnknown(name, lbtk.getSubcommands().keySet())));
    }
    return command;
  }
}
