package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Lbtk.Jdk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Process and machine statistics of Linux, see proc(5). */
final class Procfs {

  /** The unit of every time that is read here. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private Procfs() {}

  /** CPU seconds of a process and those that it started, so far. */
  static double cpuSeconds(ProcessHandle process) throws IOException {
    double seconds = 0;
    for (long pid : tree(process)) {
      try {
        seconds += cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
      } catch (NoSuchFileException e) {
        // It has ended meanwhile.
      }
    }
    return seconds;
  }

  /** The same of one process, by its line in {@code /proc/PID/stat}. */
  static double cpuSeconds(String stat) {
    // The name may contain blanks and parentheses.
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(afterName[USER_TIME]) + Long.parseLong(afterName[SYSTEM_TIME]))
        / TICKS_PER_SECOND;
  }

  /** CPU seconds of everything on the machine, so far. */
  static double machineSeconds() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      return machineSeconds(lines.findFirst().orElseThrow());
    }
  }

  /** The same, by the first line of {@code /proc/stat}; neither idle time nor stolen time. */
  static double machineSeconds(String cpuLine) {
    String[] words = cpuLine.trim().split(" +", -1);
    long ticks = 0;
    for (int field : new int[] {1, 2, 3, 6, 7}) {
      ticks += Long.parseLong(words[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory of a process and those that it started, in KiB. */
  static long residentKib(ProcessHandle process) throws IOException {
    return sum(process, "status", "VmRSS:");
  }

  /** The same, where memory that several share is divided among them. */
  static long proportionalKib(ProcessHandle process) throws IOException {
    return sum(process, "smaps_rollup", "Pss:");
  }

  private static long sum(ProcessHandle process, String file, String key) throws IOException {
    long kib = 0;
    for (long pid : tree(process)) {
      kib += kib(Files.readString(Path.of("/proc/" + pid + "/" + file)), key);
    }
    return kib;
  }

  /** The value of a line such as {@code VmRSS: 1234 kB}. */
  static long kib(String text, String key) throws IOException {
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.substring(key.length()).replace("kB", "").trim());
      }
    }
    throw new IOException("no line " + key + " (expected: one with kB)");
  }

  /** The processors that this process may use, such as {@code 0-3}. */
  static String allowedProcessors() throws IOException {
    String key = "Cpus_allowed_list:";
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(key)) {
        return line.substring(key.length()).trim();
      }
    }
    throw new IOException("/proc/self/status: no line " + key);
  }

  /** The ids of a process and of those that it started. */
  static List<Long> tree(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Binds processes to one CPU, by taskset, until they are let go. */
  static final class OneProcessor {

    private static final int TIMEOUT_SECONDS = 10;

    private final List<Long> pids;
    private final String before;

    private OneProcessor(List<Long> pids, String before) {
      this.pids = pids;
      this.before = before;
    }

    /** Binds them, those that they started and all their threads to the first that is allowed. */
    static OneProcessor bind(List<ProcessHandle> processes)
        throws IOException, InterruptedException {
      String allowed = Procfs.allowedProcessors();
      List<Long> pids =
          processes.stream().flatMap(process -> Procfs.tree(process).stream()).toList();
      OneProcessor bound = new OneProcessor(pids, allowed);
      bound.set(first(allowed));
      return bound;
    }

    /** The first of a list such as {@code 2-3,8}. */
    static String first(String processors) {
      return processors.split("[-,]", -1)[0];
    }

    private void set(String processors) throws IOException, InterruptedException {
      for (long pid : pids) {
        Process taskset =
            new ProcessBuilder("taskset", "-a", "-c", "-p", processors, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!taskset.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || taskset.exitValue() != 0) {
          taskset.destroyForcibly();
          throw new IOException("taskset cannot bind process " + pid + " to CPU " + processors);
        }
      }
    }

    /** Lets them go. */
    void close() throws IOException {
      try {
        set(before);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Description of the machine for the report. */
  static final class Machine {

    private static final int TIMEOUT_SECONDS = 5;

    private Machine() {}

    /** One sentence or two: the processor, the kernel, and the versions of the programs. */
    static String describe(List<Jdk> jdks, String load) throws IOException, InterruptedException {
      return String.format(
          Locale.ROOT,
          "%d processors (%s), Linux %s, everything on the loopback; %s; %s; %s; %s. Load average before the run: %s.",
          Runtime.getRuntime().availableProcessors(),
          processor(),
          System.getProperty("os.version"),
          firstLine("haproxy", "-v").replaceAll(" - .*", ""),
          firstLine("nginx", "-v"),
          firstLine("iperf3", "--version"),
          String.join(", ", jdks.stream().map(jdk -> "JDK " + jdk.feature()).toList()),
          load);
    }

    /** The averages of one, five and fifteen minutes. */
    static String load() throws IOException {
      String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
      return words[0] + ", " + words[1] + ", " + words[2];
    }

    private static String processor() throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).trim();
        }
      }
      return System.getProperty("os.arch");
    }

    private static String firstLine(String... command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return text.lines().findFirst().orElse(command[0]).trim();
    }
  }
}
