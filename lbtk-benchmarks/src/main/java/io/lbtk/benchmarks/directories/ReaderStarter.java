package io.lbtk.benchmarks.directories;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts reading processes. */
final class ReaderStarter {

  private static final int PATIENCE_SECONDS = 120;

  private final LargeKind kind;
  private final InetSocketAddress server;
  private final Path log;

  /**
   * Starts nothing yet.
   *
   * @param log a file that is written by the one that was started last
   */
  ReaderStarter(LargeKind kind, InetSocketAddress server, Path log) {
    this.kind = kind;
    this.server = server;
    this.log = log;
  }

  /** Whether one could do what it should; what it printed is in the log. */
  boolean run(int heapMebibytes, int entries, int changes)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-Xmx" + heapMebibytes + "m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ReadingProcess.class.getName(),
                    kind.name(),
                    Integer.toString(server.getPort()),
                    Integer.toString(entries),
                    Integer.toString(changes)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  /** What the last one printed. */
  String printed() throws IOException {
    return Files.readString(log, UTF_8);
  }

  /** The last line of that. */
  String result() throws IOException {
    List<String> lines = printed().lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
