/** Time and memory for reading directories with many entries. */
@NullMarked
package io.lbtk.benchmarks.directories;

import org.jspecify.annotations.NullMarked;
