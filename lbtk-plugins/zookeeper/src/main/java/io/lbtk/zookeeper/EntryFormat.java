package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;

/** Finds the target in one child of the node. Used by one thread at a time. */
interface EntryFormat {

  /** Whether {@link #read} needs the data of a child; its name alone otherwise. */
  default boolean needsData() {
    return true;
  }

  /**
   * Reads a child.
   *
   * @param data empty where none is needed
   * @return empty if it is as it should be, and says that it is no target now
   * @throws IllegalArgumentException if it holds no target; the message says what was expected
   */
  Optional<Target> read(String name, byte[] data);
}
