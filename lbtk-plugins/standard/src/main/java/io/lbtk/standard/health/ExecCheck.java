package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.standard.process.CommandRun;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs a shell command and passes if it exits with code 0. The command gets the target as {@code
 * $1}, its host as {@code $2} and its port as {@code $3}.
 */
public final class ExecCheck implements HealthCheck {

  private final String name;
  private final String command;
  private final Ticker ticker;
  private final CheckThreads threads;
  private final Set<CommandRun> running = ConcurrentHashMap.newKeySet();

  /**
   * Creates a check.
   *
   * @param name the name of the part, used in log messages
   * @param command the command that {@code /bin/sh -c} runs
   * @param ticker the clock for the timeout
   */
  public ExecCheck(String name, String command, Ticker ticker) {
    this.name = name;
    this.command = command;
    this.ticker = ticker;
    this.threads = new CheckThreads(name);
  }

  @Override
  public CompletableFuture<Result> check(Target target, Duration timeout) {
    CommandRun run =
        new CommandRun(
            List.of(
                "/bin/sh",
                "-c",
                command,
                "check",
                target.hostPort(),
                target.host(),
                Integer.toString(target.port())),
            name,
            command,
            ticker);
    running.add(run);
    CompletableFuture<Result> result = threads.run(() -> run(run, timeout));
    var unused =
        result.whenComplete(
            (done, failure) -> {
              running.remove(run);
              run.close();
            });
    return result;
  }

  private static Result run(CommandRun run, Duration timeout) {
    try {
      var unused = run.run(timeout, output -> output.transferTo(OutputStream.nullOutputStream()));
      return Result.pass();
    } catch (CommandRun.RunException e) {
      return Result.fail(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    running.forEach(CommandRun::close);
    threads.close();
  }

  /** Creates an {@link ExecCheck}: {@code type = exec}. */
  @AutoService(HealthCheckProvider.class)
  public static final class Provider implements HealthCheckProvider {

    static final Option<String> COMMAND =
        Option.string("command")
            .check(command -> !command.isBlank(), "a shell command")
            .required()
            .position(0)
            .doc("Command that /bin/sh -c runs; $1 is the target, $2 its host, $3 its port.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "exec";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(COMMAND);
    }

    @Override
    public String doc() {
      return "Passes if a command exits with code 0.";
    }

    @Override
    public HealthCheck create(Settings settings, Context context) {
      return new ExecCheck(context.name(), settings.get(COMMAND), context.ticker());
    }
  }
}
