package io.lbtk.launcher;

import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.settings.Suggestion;
import io.lbtk.launcher.topology.Plan;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The commands that start parts, and those that print a few lines. */
final class Commands {

  private Commands() {}

  /** Runs the parts that a command line names, until they end. */
  private static int run(Args words, Main lbtk) {
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common())) {
      return Launch.run(launch.planOfWords());
    }
  }

  /** Runs all parts of a file. */
  @Command(
      name = "run",
      description = "Starts everything in the file. SIGTERM drains, a second one stops now.")
  static final class Run implements Callable<Integer> {

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

  /** Prints all problems of a file. */
  @Command(
      name = "check",
      description =
          "Names all problems of the file at once; without any, prints the effective settings, and"
              + " names parts that nothing uses.")
  static final class Check implements Callable<Integer> {

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

  /** Runs a generator fed by lists on the standard input. */
  @Command(
      name = "gen",
      description = {
        "Reads lists of targets on the standard input, and serves tokens. Blank lines end a list,"
            + " and so does the end of the input. Each list replaces the last.",
        "It serves on after the end of its input."
      })
  static final class Gen implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main lbtk;

    @Option(names = "--policy", paramLabel = "P", description = "Policy that picks the targets.")
    private @Nullable String policy;

    @Option(
        names = "--option",
        paramLabel = "k=v",
        description = "Option of the generator: --option lease-grace=10s")
    private Map<String, String> options = new LinkedHashMap<>();

    @Parameters(
        arity = "1..*",
        paramLabel = "URI",
        description = "Address of a token port: tcp://127.0.0.1:1024")
    private List<String> uris = List.of();

    @Override
    public Integer call() {
      Args words =
          new Args()
              .put("gen", "refresher.stdin.type", "stdin")
              .put("gen", "generator.main.refreshers", "stdin")
              .put("--policy", "generator.main.policy", policy)
              .putList("URI", "generator.main.listen", uris);
      words.putOptions("generator.main", options);
      return run(words, lbtk);
    }
  }

  /** Runs a proxy that takes tokens from token ports. */
  @Command(
      name = "proxy",
      description = "A proxy on LISTEN, fed by the token ports: the first that answers is used.")
  static final class Proxy implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main lbtk;

    @Option(names = "--type", paramLabel = "T", description = "Type of the proxy. Default: tcp")
    private @Nullable String type;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops. Default: the cores")
    private @Nullable String loops;

    @Option(
        names = "--option",
        paramLabel = "k=v",
        description = "Option of the proxy: --option idle-timeout=5m")
    private Map<String, String> options = new LinkedHashMap<>();

    @Parameters(
        index = "0",
        paramLabel = "LISTEN",
        description = "Address for clients: 127.0.0.1:8080")
    private String listen = "";

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "URI",
        description = "Token ports in order: tcp://127.0.0.1:1024")
    private List<String> uris = List.of();

    @Override
    public Integer call() {
      for (String uri : uris) {
        if (!uri.contains("://")) {
          throw new UsageException(
              "URI = %s (expected: a URI such as tcp://127.0.0.1:1024)".formatted(uri));
        }
      }
      Args words =
          new Args()
              .put("--type", "proxy.main.type", type)
              .put("LISTEN", "proxy.main.listen", listen)
              .putList("URI", "proxy.main.tokens", uris)
              .put("--loops", "proxy.main.loops", loops);
      words.putOptions("proxy.main", options);
      return run(words, lbtk);
    }
  }

  /** Runs echo servers. */
  @Command(name = "echo", description = "Servers that send back what they receive.")
  static final class Echo implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Main lbtk;

    @Option(
        names = "--type",
        paramLabel = "T",
        description = "Type of the server: nio, splice (Linux) or udp. Default: nio")
    private @Nullable String type;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops. Default: the cores")
    private @Nullable String loops;

    @Option(
        names = "--greet",
        description = "Send each client a first line with the name of the server.")
    private boolean greet;

    @Parameters(
        arity = "1..*",
        paramLabel = "LISTEN",
        description = "Address to listen on: 127.0.0.1:8000")
    private List<String> listen = List.of();

    @Override
    public Integer call() {
      Args words =
          new Args()
              .put("--type", "echo.main.type", type)
              .putList("LISTEN", "echo.main.listen", listen)
              .put("--loops", "echo.main.loops", loops)
              .put("--greet", "echo.main.greet", greet ? "true" : null);
      return run(words, lbtk);
    }
  }

  /** Keeps a target registered in a directory. */
  @Command(
      name = "register",
      description =
          "Keeps TARGET in a directory until it is stopped, while a check of it passes: the other"
              + " half of refresh.")
  static final class Register implements Callable<Integer> {

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
      return run(words, lbtk);
    }
  }

  /** Prints the help of a command: {@code lbtk help proxy} is {@code lbtk proxy --help}. */
  @Command(name = "help", description = "Explains a command, as its --help does; or lists them.")
  static final class Help implements Callable<Integer> {

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

  /** Prints the version: {@code lbtk version} is {@code lbtk --version}. */
  @Command(name = "version", description = "Shows the version.")
  static final class Version implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
      spec.parent().commandLine().printVersionHelp(System.out);
      return Exit.OK;
    }
  }
}
