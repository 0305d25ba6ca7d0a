package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Binds processes to one CPU, by taskset, until they are let go. */
final class OneProcessor {

  private static final int TIMEOUT_SECONDS = 10;

  private final List<Long> pids;
  private final String before;

  private OneProcessor(List<Long> pids, String before) {
    this.pids = pids;
    this.before = before;
  }

  /** Binds them, those that they started and all their threads to the first that is allowed. */
  static OneProcessor bind(List<ProcessHandle> processes) throws IOException, InterruptedException {
    String allowed = Procfs.allowedProcessors();
    List<Long> pids = processes.stream().flatMap(process -> Procfs.tree(process).stream()).toList();
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
