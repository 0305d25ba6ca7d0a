package io.lbtk.benchmarks.directories;

import io.lbtk.api.Target;
import java.util.List;

/** Writes targets to a directory, by the fastest means that the directory has. */
interface EntryWriter extends AutoCloseable {

  /** The target of an entry: one of its own for each number below 2^24. */
  static Target target(int entry) {
    return Target.parse(
        "10.%d.%d.%d:8080 weight=3".formatted(entry >> 16 & 255, entry >> 8 & 255, entry & 255));
  }

  /** How many entries go into one step. */
  int step();

  /**
   * Begins to write entries, and waits only as far as that many steps are under way.
   *
   * @param targets at most as many as go into one step
   */
  void write(List<Target> targets) throws Exception;

  /**
   * Waits until all is written.
   *
   * @throws Exception if it is not
   */
  void await() throws Exception;

  @Override
  void close();
}
