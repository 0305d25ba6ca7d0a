package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Children.Child;
import io.lbtk.benchmarks.sidebyside.Fleet.Route;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A proxy under test, or no proxy.
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

  /** Starts a proxy. */
  interface Starter {

    /** Starts a process that will soon listen; it is closed by the caller. */
    Child start(Route route) throws IOException, InterruptedException;

    /**
     * CPU seconds, so far, of the process that decides for this route; not a number if none does.
     */
    default double helperCpuSeconds(Route route) throws IOException {
      return Double.NaN;
    }

    /** Does what has to be done once before {@link #start}, and takes time. */
    default void prepare(Route route) throws IOException, InterruptedException {}
  }

  /** Product and configuration of a peer. */
  enum Family {
    /** No proxy at all. */
    DIRECT("#9aa0a6"),
    /** As its documentation suggests: {@code option splice-auto}. */
    HAPROXY("#4c78a8"),
    /** At its strongest: every byte is spliced, through pipes of 1 MiB. */
    HAPROXY_STRONGEST("#1f4e79"),
    NGINX("#54a24b"),
    LBTK_SPLICE("#e45756"),
    LBTK_NIO("#f2a39b");

    private final String colour;

    Family(String colour) {
      this.colour = colour;
    }

    /** For plots, as in SVG. */
    String colour() {
      return colour;
    }

    boolean isHaproxy() {
      return this == HAPROXY || this == HAPROXY_STRONGEST;
    }
  }
}
