/** The benchmarks behind {@code docs/benchmarks.md}. */
@NullMarked
package io.lbtk.benchmarks;

import org.jspecify.annotations.NullMarked;
