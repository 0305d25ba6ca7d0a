package io.lbtk.launcher;

import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Keeps one entry in a directory. */
@Command(
    name = "register",
    description =
        "Keeps TARGET in a directory until it is stopped, while a check of it passes: the other"
            + " half of refresh.")
final class RegisterCommand implements Callable<Integer> {

  private static final String PART = "register.main";
  private static final String CHECK = "health.main";

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Option(
      names = "--option",
      paramLabel = "k=v",
      description = "An option of the directory: --option ttl=10s")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--check",
      paramLabel = "TYPE",
      description = "What must pass: tcp, http, exec, … Default: nothing")
  private @Nullable String check;

  @Option(
      names = "--check-option",
      paramLabel = "k=v",
      description = "An option of the check: --check-option path=/ready")
  private Map<String, String> checkOptions = new LinkedHashMap<>();

  @Parameters(index = "0", paramLabel = "TYPE", description = "The directory: see plugins")
  private String type = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ARG… TARGET",
      description = "The options that have a place, then host:port; quoted with its key=value")
  private List<String> arguments = List.of();

  @Override
  public Integer call() {
    Args words = new Args().put("TYPE", PART + ".type", type);
    int last = arguments.size() - 1;
    try (PluginRegistry plugins = Launch.plugins(lbtk.common().plugins())) {
      PositionalArgs.of(plugins, PluginKind.REGISTRAR, type)
          .put(words, PART, arguments.subList(0, last));
    }
    words.put("TARGET", PART + ".target", arguments.get(last));
    words.putOptions(PART, options);
    if (check == null && !checkOptions.isEmpty()) {
      throw new UsageException("--check-option without --check (expected: both, or none)");
    }
    if (check != null) {
      words.put("--check", CHECK + ".type", check);
      words.put("--check", PART + ".check", "main");
    }
    checkOptions.forEach(
        (key, value) -> words.put("--check-option " + key, CHECK + "." + key, value));
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common())) {
      return Launch.run(launch.planOfWords());
    }
  }
}
