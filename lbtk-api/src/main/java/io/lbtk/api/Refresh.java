package io.lbtk.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One report of a {@link Refresher}. */
public sealed interface Refresh {

  /**
   * The whole set of targets, which replaces what was reported before.
   *
   * @param targets every target there is, in the order of the source; if one {@code host:port}
   *     stands in it twice, the last one counts
   */
  record Snapshot(List<Target> targets) implements Refresh {

    /** Takes an immutable copy of the list. */
    public Snapshot {
      targets = List.copyOf(targets);
    }
  }

  /**
   * A change of the set that was reported before. What is in both counts as added.
   *
   * @param added targets that are new, or that stand in place of one of the same {@code host:port}
   * @param removed the {@link Target#hostPort() host:port} of targets that are gone; unknown ones
   *     are passed over
   */
  record Delta(List<Target> added, Set<String> removed) implements Refresh {

    /** Takes immutable copies. */
    public Delta {
      added = List.copyOf(added);
      removed = Set.copyOf(removed);
    }
  }

  /**
   * The source could not be read, or what it gave cannot be trusted. The set stays as it was.
   *
   * @param message what failed, where, and what was expected: it goes into the log as it is
   * @param cause what was thrown, if that helps
   */
  record Failure(String message, Optional<Throwable> cause) implements Refresh {}

  /** A {@link Snapshot}. */
  static Refresh snapshot(List<Target> targets) {
    return new Snapshot(targets);
  }

  /** A {@link Delta}. */
  static Refresh delta(List<Target> added, Set<String> removed) {
    return new Delta(added, removed);
  }

  /** A {@link Failure} that needs no cause. */
  static Refresh failure(String message) {
    return new Failure(message, Optional.empty());
  }

  /** A {@link Failure} with its cause. */
  static Refresh failure(String message, Throwable cause) {
    return new Failure(message, Optional.of(cause));
  }
}
