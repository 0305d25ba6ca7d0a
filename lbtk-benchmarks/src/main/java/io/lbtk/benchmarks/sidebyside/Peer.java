package io.lbtk.benchmarks.sidebyside;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that is measured.
 *
 * @param name as in tables and as {@code --peers} takes it
 * @param threads how many move bytes
 * @param about what it is, for the reader of a table
 * @param only the names of the measures that it is for; all if empty
 * @param starter null if there is no proxy
 */
record Peer(
    String name,
    Family family,
    int threads,
    String about,
    Set<String> only,
    @Nullable Starter starter) {

  boolean suits(Measure measure) {
    return (only.isEmpty() || only.contains(measure.name())) && measure.suits(this);
  }
}
