/** The clients and the servers of the side-by-side bench, in processes of their own. */
@NullMarked
package io.lbtk.benchmarks.sidebyside.load;

import org.jspecify.annotations.NullMarked;
