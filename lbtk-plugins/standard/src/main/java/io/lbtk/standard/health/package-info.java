/** Checks whether a target works. */
@NullMarked
package io.lbtk.standard.health;

import org.jspecify.annotations.NullMarked;
