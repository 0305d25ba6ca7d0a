/** Servers of directories, for the benchmarks that need real ones. */
@NullMarked
package io.lbtk.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
