/** From a change in a directory to the next connection. */
@NullMarked
package io.lbtk.benchmarks.changes;

import org.jspecify.annotations.NullMarked;
