/** Periodic health checks of targets. */
@NullMarked
package io.lbtk.core.health;

import org.jspecify.annotations.NullMarked;
