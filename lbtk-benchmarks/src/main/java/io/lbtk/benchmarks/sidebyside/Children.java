package io.lbtk.benchmarks.sidebyside;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All processes that were started and have not ended yet. */
final class Children implements AutoCloseable {

  private final Path directory;
  private final Set<Child> living = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /**
   * Has none.
   *
   * @param directory for what they log
   */
  Children(Path directory) {
    this.directory = directory;
  }

  /** Starts one; what it writes goes to a file. */
  Child start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    File log = directory.resolve(name + ".log").toFile();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectOutput(log).redirectErrorStream(true);
    return start(name, builder, log.toPath());
  }

  /** Starts one with pipes for its standard input and output. */
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

  /** Ends them all. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    living.forEach(Child::ask);
    living.forEach(Child::close);
  }
}
