/** Targets in Redis, and their registration, by Lettuce. */
@NullMarked
package io.lbtk.redis;

import org.jspecify.annotations.NullMarked;
