package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;

/** Starts a proxy. */
interface Starter {

  /** Starts a process that will soon listen; it is closed by the caller. */
  Child start(Route route) throws IOException, InterruptedException;

  /** CPU seconds, so far, of the process that decides for this route; not a number if none does. */
  default double helperCpuSeconds(Route route) throws IOException {
    return Double.NaN;
  }

  /** Does what has to be done once before {@link #start}, and takes time. */
  default void prepare(Route route) throws IOException, InterruptedException {}
}
