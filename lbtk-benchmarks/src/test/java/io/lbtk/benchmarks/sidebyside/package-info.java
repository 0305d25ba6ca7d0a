@NullMarked
package io.lbtk.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
