package io.lbtk.standard.process;

import io.lbtk.api.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a command, one process after the other, and ends the one that runs when it is closed. */
public final class CommandRun implements AutoCloseable {

  /** From the request to end to the end by force. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final List<String> command;
  private final String shown;
  private final Ticker ticker;
  private final ErrorLines errors;
  private final Object lock = new Object();
  private @Nullable ProcessTree running;
  private boolean closed;

  /**
   * A command.
   *
   * @param name of the part that runs it, for the log
   * @param shown the command, for people
   */
  public CommandRun(List<String> command, String name, String shown, Ticker ticker) {
    this.command = command;
    this.shown = shown;
    this.ticker = ticker;
    this.errors = new ErrorLines(name + ": " + shown, ticker);
  }

  /**
   * Takes the output of one process, to its end.
   *
   * @param <T> what it makes of it
   */
  @FunctionalInterface
  public interface Output<T> {

    /** Reads the output to its end. */
    T read(InputStream output) throws IOException;
  }

  /** One run has not come to a good end. */
  public static final class RunException extends Exception {

    private static final long serialVersionUID = 1L;

    RunException(String message) {
      super(message);
    }
  }

  /**
   * Runs the command once, to its end.
   *
   * @param timeout after which it is ended, with all that it has started; zero for never
   * @param <T> what the output is read as
   * @return what it was read as
   * @throws RunException if it cannot be started, ends with another exit code than 0, or does not
   *     end in time; the message is for people
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
      // It is not read any more, closed or not.
    }
  }

  private String lastError() {
    return errors.last().isEmpty() ? "" : ": " + errors.last();
  }

  /** No other process is started; one that runs is ended, with all that it has started. */
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
