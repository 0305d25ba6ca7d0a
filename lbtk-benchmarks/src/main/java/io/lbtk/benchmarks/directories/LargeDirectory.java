package io.lbtk.benchmarks.directories;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Target;
import io.lbtk.benchmarks.directories.ReadingProcess.Measured;
import io.lbtk.benchmarks.servers.LocalServers.TemporaryFolder;
import io.lbtk.testkit.servers.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Reads a directory with many entries from a real server, in processes of their own: how long it
 * takes to the first set in a JVM that has just started, how long until one more entry is seen, and
 * how much heap that takes, held and at the least.
 *
 * <p>{@code java -cp lbtk-benchmarks.jar io.lbtk.benchmarks.directories.LargeDirectory KIND
 * ENTRIES}
 */
public final class LargeDirectory {

  private static final int CHANGES = 20;
  private static final int ROOM_MEBIBYTES = 4096;

  /** The heaps that are tried, in MiB, each a third or a half larger than the last. */
  private static final List<Integer> HEAPS =
      List.of(16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072);

  private final ReaderStarter readers;
  private final int entries;

  private LargeDirectory(ReaderStarter readers, int entries) {
    this.readers = readers;
    this.entries = entries;
  }

  /**
   * Prints a row of a table in Markdown.
   *
   * @param args the kind of directory, and how many entries
   */
  public static void main(String[] args) throws Exception {
    LargeKind kind = LargeKind.valueOf(args[0]);
    int entries = Integer.parseInt(args[1]);
    try (TemporaryFolder folder = new TemporaryFolder();
        ServerProcess server = kind.start(folder.path())) {
      fill(kind, server, entries);
      LargeDirectory directory =
          new LargeDirectory(
              new ReaderStarter(kind, server.address(), folder.path().resolve("reader")), entries);
      Measured measured = directory.measure();
      System.out.printf(
          Locale.ROOT,
          "| %s | %,d | %.1f s | %.0f ms | %.0f ms of %d | %.0f MiB | %s |%n",
          kind.title(),
          entries,
          measured.first() / 1000,
          measured.changeP50(),
          measured.changeWorst(),
          measured.changes(),
          measured.heldBytes() / (double) (1 << 20),
          directory.smallestHeap());
    }
    System.exit(0);
  }

  private static void fill(LargeKind kind, ServerProcess server, int entries) throws Exception {
    try (EntryWriter writer = kind.writer(server.address())) {
      for (int from = 0; from < entries; from += writer.step()) {
        List<Target> step = new ArrayList<>();
        for (int i = from; i < Math.min(entries, from + writer.step()); i++) {
          step.add(EntryWriter.target(i));
        }
        writer.write(step);
      }
      writer.await();
    }
  }

  private Measured measure() throws IOException, InterruptedException {
    if (!readers.run(ROOM_MEBIBYTES, entries, CHANGES)) {
      throw new IOException("it cannot be read:\n" + readers.printed());
    }
    return Measured.parse(readers.result());
  }

  /** The smallest heap in which all is read, read again, and seen to change. */
  private String smallestHeap() throws IOException, InterruptedException {
    int tooSmall = -1;
    int enough = HEAPS.size();
    while (enough - tooSmall > 1) {
      int tried = (tooSmall + enough) / 2;
      if (readers.run(HEAPS.get(tried), entries, 0)) {
        enough = tried;
      } else {
        tooSmall = tried;
      }
    }
    return enough == HEAPS.size()
        ? "more than " + HEAPS.get(tooSmall) + " MiB"
        : HEAPS.get(enough) + " MiB";
  }

  /** Starts reading processes. */
  static final class ReaderStarter {

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

    /** Runs a reading process and returns true if it succeeded; its output goes to the log. */
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

    /** Returns the output of the last process. */
    String printed() throws IOException {
      return Files.readString(log, UTF_8);
    }

    /** Returns the last line of the output of the last process. */
    String result() throws IOException {
      List<String> lines = printed().lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
  }
}
