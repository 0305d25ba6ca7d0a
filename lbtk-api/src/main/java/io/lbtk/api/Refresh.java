package io.lbtk.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One report of a {@link Refresher}. */
public sealed interface Refresh {

  /**
   * The whole set of targets, which replaces the set that was reported before.
   *
   * @param targets all targets, in the order of the source; if a {@code host:port} is listed twice,
   *     the last one counts
   */
  record Snapshot(List<Target> targets) implements Refresh {

    /** Creates a snapshot of an immutable copy of the list. */
    public Snapshot {
      targets = List.copyOf(targets);
    }
  }

  /**
   * A change of the set that was reported before. A target that is both added and removed counts as
   * added.
   *
   * @param added the targets that are new, or that replace one of the same {@code host:port}
   * @param removed the {@link Target#hostPort() host:port} of the targets that are gone; unknown
   *     ones are ignored
   */
  record Delta(List<Target> added, Set<String> removed) implements Refresh {

    /** Creates a delta of immutable copies. */
    public Delta {
      added = List.copyOf(added);
      removed = Set.copyOf(removed);
    }
  }

  /**
   * A failure to read the source, or an answer that cannot be trusted. The set stays as it was.
   *
   * @param message the text for the log: what failed, where, and what was expected
   * @param cause the exception, if it helps
   */
  record Failure(String message, Optional<Throwable> cause) implements Refresh {}

  /** Returns a {@link Snapshot}. */
  static Refresh snapshot(List<Target> targets) {
    return new Snapshot(targets);
  }

  /** Returns a {@link Delta}. */
  static Refresh delta(List<Target> added, Set<String> removed) {
    return new Delta(added, removed);
  }

  /** Returns a {@link Failure} without a cause. */
  static Refresh failure(String message) {
    return new Failure(message, Optional.empty());
  }

  /** Returns a {@link Failure} with a cause. */
  static Refresh failure(String message, Throwable cause) {
    return new Failure(message, Optional.of(cause));
  }
}
