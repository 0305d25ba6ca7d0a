/** What bad company does to the loop of a proxy. */
@NullMarked
package io.lbtk.benchmarks.stalls;

import org.jspecify.annotations.NullMarked;
