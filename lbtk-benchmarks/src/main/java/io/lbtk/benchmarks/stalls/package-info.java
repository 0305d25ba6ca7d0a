/** Stalls of a proxy's event loop caused by misbehaving connections. */
@NullMarked
package io.lbtk.benchmarks.stalls;

import org.jspecify.annotations.NullMarked;
