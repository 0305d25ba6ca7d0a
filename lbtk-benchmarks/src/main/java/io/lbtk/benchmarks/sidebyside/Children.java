package io.lbtk.benchmarks.sidebyside;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Child processes that have not ended yet. */
final class Children implements AutoCloseable {

  private final Path directory;
  private final Set<Child> living = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /**
   * Creates an empty set.
   *
   * @param directory for what they log
   */
  Children(Path directory) {
    this.directory = directory;
  }

  /** Starts a process whose output goes to a file. */
  Child start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    File log = directory.resolve(name + ".log").toFile();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectOutput(log).redirectErrorStream(true);
    return start(name, builder, log.toPath());
  }

  /** Starts a process with pipes for its standard input and output. */
  Child startWithPipes(String name, List<String> command) throws IOException {
    File log = directory.resolve(name + ".log").toFile();
    return start(name, new ProcessBuilder(command).redirectError(log), log.toPath());
  }

  private synchronized Child start(String name, ProcessBuilder builder, Path log)
      throws IOException {
    if (closed) {
      throw new IOException("the bench ends, so " + name + " is not started");
    }
    Child child = new Child(name, builder.start(), log, this);
    living.add(child);
    return child;
  }

  void ended(Child child) {
    living.remove(child);
  }

  /** Ends all processes. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    living.forEach(Child::ask);
    living.forEach(Child::close);
  }

  /** A child process; ended by {@link #close}. */
  static final class Child implements AutoCloseable {

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

    /** Returns the CPU seconds used so far by the process and its descendants. */
    double cpuSeconds() throws IOException {
      return Procfs.cpuSeconds(handle());
    }

    /** Throws an exception with the log if the process has ended. */
    void checkAlive() throws IOException {
      if (!process.isAlive()) {
        throw new IOException(
            "%s has ended with exit code %d:%n%s".formatted(name, process.exitValue(), logged()));
      }
    }

    /** Returns the output so far. */
    String logged() throws IOException {
      return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Asks the process to end. */
    void ask() {
      process.destroy();
    }

    /** Ends the process, by force after a timeout. */
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
}
