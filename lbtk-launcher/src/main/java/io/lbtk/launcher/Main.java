package io.lbtk.launcher;

import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.core.settings.Suggestion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the process. */
@Command(
    name = "lbtk",
    description = "A load-balancing toolkit: one brain decides, light proxies move the bytes.",
    synopsisHeading = "Usage: ",
    customSynopsis = {
      "java -jar lbtk-launcher.jar FILE",
      "   or: java -jar lbtk-launcher.jar COMMAND …",
      ""
    },
    commandListHeading = "%nCommands, each with its own --help:%n",
    footer = {"", "The log goes to the standard error; LBTK_LOG=debug says more."},
    versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {

  static {
    LogSetup.Provider.use();
    allowHostHeader();
  }

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private static final String HELP = "help";

  /** All commands, in the order of the help. */
  private static final List<String> COMMANDS =
      List.of(
          "run",
          "check",
          "gen",
          "proxy",
          "echo",
          "refresh",
          "tokens",
          "register",
          "plugins",
          HELP,
          "version");

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  private boolean version;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "Settings to run, as by run FILE")
  private @Nullable Path file;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  private Main() {}

  /**
   * Allows the header Host, which is needed for host names that Java's HTTP client refuses in URLs.
   */
  private static void allowHostHeader() {
    String property = "jdk.httpclient.allowRestrictedHeaders";
    if (System.getProperty(property) == null) {
      System.setProperty(property, "host");
    }
  }

  /** Runs a command and exits with its exit code. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs a command and returns its exit code. */
  static int execute(String... args) {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> log.error("thread {} failed", thread.getName(), e));
    return isFileAlone(args) ? run(Path.of(args[0])) : executeWords(args);
  }

  /** Returns true if there is only a file: it starts faster without the option parser. */
  private static boolean isFileAlone(String[] args) {
    return args.length == 1 && !args[0].startsWith("-") && args[0].endsWith(".properties");
  }

  private static int run(Path file) {
    try {
      return Commands.Run.run(file, new CommonOptions());
    } catch (RuntimeException e) {
      return failed(e);
    }
  }

  private static int executeWords(String[] args) {
    CommandLine commands = new CommandLine(new Main());
    for (String name : wanted(args)) {
      commands.addSubcommand(command(name));
    }
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler((e, words) -> wrongUse(e));
    commands.setExecutionExceptionHandler((e, command, parsed) -> failed(e));
    return commands.execute(args);
  }

  /** Returns the named command only, if there is one: reading the options of all takes time. */
  private static List<String> wanted(String[] args) {
    return args.length > 0 && COMMANDS.contains(args[0]) && !args[0].equals(HELP)
        ? List.of(args[0])
        : COMMANDS;
  }

  private static Object command(String name) {
    return switch (name) {
      case "run" -> new Commands.Run();
      case "check" -> new Commands.Check();
      case "gen" -> new Commands.Gen();
      case "proxy" -> new Commands.Proxy();
      case "echo" -> new Commands.Echo();
      case "refresh" -> new RefreshCommand();
      case "tokens" -> new TokensCommand();
      case "register" -> new Commands.Register();
      case "plugins" -> new PluginsCommand();
      case HELP -> new Commands.Help();
      case "version" -> new Commands.Version();
      default -> throw new IllegalArgumentException(name);
    };
  }

  CommonOptions common() {
    return common;
  }

  @Override
  public Integer call() {
    if (file == null) {
      throw new UsageException(
          "nothing to do (expected: a file of settings or a command; --help lists them)");
    }
    if (isWord(file) && Files.notExists(file)) {
      throw new UsageException(
          "%s: no such file, and no command%s"
              .formatted(file, Suggestion.forUnknown(file.toString(), commands())));
    }
    return Commands.Run.run(file, common);
  }

  /** Returns true if the file may be a mistyped command. */
  private static boolean isWord(Path file) {
    return file.getNameCount() == 1 && !file.isAbsolute() && file.toString().indexOf('.') < 0;
  }

  private Set<String> commands() {
    return spec.subcommands().keySet();
  }

  private static int wrongUse(ParameterException e) {
    CommandLine command = e.getCommandLine();
    if (e.getCause() instanceof UsageException usage) {
      return say(usage, Exit.USAGE);
    }
    Main main = command.getCommand() instanceof Main root ? root : null;
    if (main != null
        && main.file != null
        && Files.notExists(main.file)
        && e instanceof UnmatchedArgumentException) {
      String word = main.file.toString();
      Screen.say("%s: no command%s".formatted(word, Suggestion.forUnknown(word, main.commands())));
    } else {
      Screen.say(
          "%s (see: %s --help)"
              .formatted(e.getMessage(), command.getCommandSpec().qualifiedName()));
    }
    return Exit.USAGE;
  }

  private static int failed(Exception e) {
    if (e instanceof UsageException) {
      return say(e, Exit.USAGE);
    }
    if (e instanceof SettingsException
        || e instanceof StartException
        || e instanceof OutputException) {
      return say(e, Exit.PROBLEM);
    }
    log.error("lbtk failed", e);
    return Exit.PROBLEM;
  }

  private static int say(Exception e, int code) {
    Screen.say(String.valueOf(e.getMessage()));
    log.debug("the reason", e);
    return code;
  }

  /** Reads the version from the manifest. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "lbtk %s (Java %s)".formatted(version == null ? "(not packed)" : version, Runtime.version())
      };
    }
  }
}
