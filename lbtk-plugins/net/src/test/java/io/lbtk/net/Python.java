package io.lbtk.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A script that runs in a Python that knows libzmq. Its errors go to those of the test. */
public final class Python implements AutoCloseable {

  private static final Path EXAMPLES = Path.of("..", "..", "examples");

  private final Process process;
  private final BufferedReader out;

  private Python(Process process) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
  }

  /** Runs a script of the examples. The test is skipped if no Python can load libzmq. */
  public static Python example(String script, String... args) {
    List<String> command = new ArrayList<>(List.of(EXAMPLES.resolve(script).toString()));
    command.addAll(List.of(args));
    return start(command);
  }

  /** Runs a program. The test is skipped if no Python can load libzmq. */
  public static Python program(String text, String... args) {
    List<String> command = new ArrayList<>(List.of("-c", text));
    command.addAll(List.of(args));
    return start(command);
  }

  private static Python start(List<String> args) {
    List<String> command = new ArrayList<>(List.of(interpreter()));
    command.addAll(args);
    try {
      return new Python(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tests against libzmq may be left out on somebody's laptop, never in continuous integration.
   */
  private static String interpreter() {
    Optional<String> found =
        List.of("python3", "/usr/bin/python3").stream().filter(Python::knowsLibzmq).findFirst();
    boolean needed = "true".equals(System.getenv("CI"));
    assumeTrue(needed || found.isPresent(), "no python3 that can import zmq: python3-zmq");
    return found.orElseThrow(
        () -> new AssertionError("no python3 that can import zmq (expected: python3-zmq)"));
  }

  private static boolean knowsLibzmq(String python) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import zmq")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next line that it prints. */
  public String line() {
    try {
      String line = out.readLine();
      if (line == null) {
        throw new AssertionError("the script has ended");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next lines that it prints. */
  public List<String> lines(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(line());
    }
    return all;
  }

  /** Waits for its end, and returns how it ended. */
  public int exitCode() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the script has not ended within 30 s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a line to its input. */
  public void say(String line) {
    try {
      Writer in = process.outputWriter(UTF_8);
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly();
    exitCode();
  }
}
