/**
 * Measures lbtk's proxies beside HAProxy and nginx: {@code lbtk-benchmarks/side-by-side.sh}.
 *
 * <p>A {@link io.lbtk.benchmarks.sidebyside.Peer} is a proxy and how it is started, a {@link
 * io.lbtk.benchmarks.sidebyside.Measure} is what is done to it; {@link
 * io.lbtk.benchmarks.sidebyside.Rounds} interleaves them, and {@link
 * io.lbtk.benchmarks.sidebyside.Report} tells what came of it.
 */
@NullMarked
package io.lbtk.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
