package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One command of OpenSSL, in a process of its own. Its errors go to those of the test. */
final class Openssl implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;

  /** Starts it. Where there is no OpenSSL, the test is left out. */
  Openssl(String... args) {
    isThere();
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(args));
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out = process.inputReader(US_ASCII);
  }

  /** The tests against OpenSSL may be left out on somebody's laptop, never where CI is true. */
  private static void isThere() {
    boolean found = false;
    try {
      Process version =
          new ProcessBuilder("openssl", "version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      found = version.waitFor() == 0;
    } catch (IOException e) {
      // There is none.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    boolean needed = "true".equals(System.getenv("CI"));
    assumeTrue(needed || found, "no openssl");
    if (!found) {
      throw new AssertionError("no openssl (expected: a program of this name)");
    }
  }

  /** Writes a line to its input. */
  void say(String line) throws IOException {
    Writer in = process.outputWriter(US_ASCII);
    in.write(line + "\n");
    in.flush();
  }

  /** Ends its input. */
  void finish() throws IOException {
    process.outputWriter(US_ASCII).close();
  }

  /** The next line that it prints; null at its end. */
  String line() throws IOException {
    return out.readLine();
  }

  /** The first line that it prints which begins so. */
  String awaitLine(String start) throws IOException {
    for (String line = line(); line != null; line = line()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("openssl has ended before it said " + start);
  }

  /** Waits for its end, and returns how it ended. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("openssl has not ended within 30 s");
    }
    return process.exitValue();
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
