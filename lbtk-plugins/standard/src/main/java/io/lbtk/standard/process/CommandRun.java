package io.lbtk.standard.process;

import io.lbtk.api.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a command, one process at a time, and terminates the running process when closed. */
public final class CommandRun implements AutoCloseable {

  /** Time from SIGTERM to SIGKILL. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<String> command;
  private final String shown;
  private final Ticker ticker;
  private final ErrorLines errors;
  private final Object lock = new Object();
  private @Nullable ProcessTree running;
  private boolean closed;

  /**
   * Creates a runner of a command.
   *
   * @param command the program and its arguments
   * @param name the name of the part that runs it, for the log
   * @param shown the command as it is shown in messages
   * @param ticker the clock for timeouts
   */
  public CommandRun(List<String> command, String name, String shown, Ticker ticker) {
    this.command = command;
    this.shown = shown;
    this.ticker = ticker;
    this.errors = new ErrorLines(name + ": " + shown, ticker);
  }

  /**
   * Reads the output of one process.
   *
   * @param <T> the type of the result
   */
  @FunctionalInterface
  public interface Output<T> {

    /** Reads the output to its end and returns the result. */
    T read(InputStream output) throws IOException;
  }

  /** Thrown if a run fails. */
  public static final class RunException extends Exception {

    private static final long serialVersionUID = 1L;

    RunException(String message) {
      super(message);
    }
  }

  /**
   * Runs the command once and waits for its end.
   *
   * @param timeout the time after which the process and its descendants are terminated; zero for
   *     never
   * @param output reads what the process prints
   * @param <T> the type of the result
   * @return the result of {@code output}
   * @throws RunException if the process cannot be started, exits with a code other than 0, or
   *     exceeds the timeout; the message is meant for users
   */
  public <T> T run(Duration timeout, Output<T> output) throws RunException {
    errors.begin();
    Process process = start();
    try {
      T result = output.read(new ProcessOutput(process, errors, ticker, timeout));
      int exit = process.waitFor();
      errors.takeFrom(process.getErrorStream());
      errors.end();
      if (exit != 0) {
        throw new RunException("%s ended with exit code %d%s".formatted(shown, exit, lastError()));
      }
      return result;
    } catch (ProcessOutput.TimeoutException e) {
      errors.end();
      throw new RunException(
          "%s did not end within %d ms and was ended%s"
              .formatted(shown, timeout.toMillis(), lastError()));
    } catch (IOException e) {
      throw new RunException(shown + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunException(shown + " was interrupted");
    } finally {
      end(process);
    }
  }

  private Process start() throws RunException {
    synchronized (lock) {
      if (closed) {
        throw new RunException("closed");
      }
      try {
        Process process = new ProcessBuilder(command).start();
        running = new ProcessTree(process.toHandle(), GRACE);
        process.getOutputStream().close();
        return process;
      } catch (IOException e) {
        throw new RunException(shown + " cannot be run: " + e.getMessage());
      }
    }
  }

  private void end(Process process) {
    ProcessTree tree;
    synchronized (lock) {
      tree = running;
    }
    if (tree != null) {
      tree.end();
    }
    synchronized (lock) {
      running = null;
    }
    close(process.getInputStream());
    close(process.getErrorStream());
  }

  private static void close(InputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // Nothing reads from it any more.
    }
  }

  private String lastError() {
    return errors.last().isEmpty() ? "" : ": " + errors.last();
  }

  /** Terminates the running process with its descendants, and starts no other. */
  @Override
  public void close() {
    ProcessTree tree;
    synchronized (lock) {
      closed = true;
      tree = running;
    }
    if (tree != null) {
      tree.endBeforeExit();
    }
  }
}
