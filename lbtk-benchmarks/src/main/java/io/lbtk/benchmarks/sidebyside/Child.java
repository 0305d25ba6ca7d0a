package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that this one started; it ends when it is closed. */
final class Child implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 2;

  private final String name;
  private final Process process;
  private final Path log;
  private final Children children;

  Child(String name, Process process, Path log, Children children) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.children = children;
  }

  Process process() {
    return process;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** CPU seconds so far, of the process and those that it started. */
  double cpuSeconds() throws IOException {
    return Procfs.cpuSeconds(handle());
  }

  /** Throws if the process has ended; tells the last that it logged. */
  void checkAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(
          "%s has ended with exit code %d:%n%s".formatted(name, process.exitValue(), logged()));
    }
  }

  /** What it wrote so far. */
  String logged() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Asks it to end. */
  void ask() {
    process.destroy();
  }

  /** Ends it, by force if it does not follow soon. */
  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    ask();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    started.forEach(ProcessHandle::destroyForcibly);
    children.ended(this);
  }
}
