/** How long directories with many entries take to be read, and how much memory. */
@NullMarked
package io.lbtk.benchmarks.directories;

import org.jspecify.annotations.NullMarked;
