package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux says of processes and of the machine, see proc(5). */
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
}
