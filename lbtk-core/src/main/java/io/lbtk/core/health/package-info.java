/** Checking targets again and again, until results become a verdict. */
@NullMarked
package io.lbtk.core.health;

import org.jspecify.annotations.NullMarked;
