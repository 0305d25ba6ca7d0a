package io.lbtk.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lbtk.proxy.limits.OpenFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link Crowd} in as many processes as it takes: each has open files of its own. */
final class Crowds implements AutoCloseable {

  private final List<Process> processes = new ArrayList<>();

  /** Begins to connect so many. */
  Crowds(InetSocketAddress address, int count) throws IOException {
    int each = OpenFiles.roomFor(OpenFiles.limit(), 1);
    for (int left = count; left > 0; left -= each) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Crowd.class.getName(),
                  Integer.toString(address.getPort()),
                  Integer.toString(Math.min(left, each)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
  }

  /** From now on they say something. */
  void speak() throws IOException {
    for (Process process : processes) {
      OutputStream in = process.getOutputStream();
      in.write("speak\n".getBytes(US_ASCII));
      in.flush();
    }
  }

  /** Whether each of them was answered. */
  boolean areAllAnswered() {
    for (Process process : processes) {
      if (process.isAlive()) {
        return false;
      }
      if (process.exitValue() != 0) {
        throw new AssertionError("one of the crowd was sent away: see above");
      }
    }
    return true;
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
