package io.lbtk.standard.health;

import io.lbtk.api.HealthCheck;
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
}
