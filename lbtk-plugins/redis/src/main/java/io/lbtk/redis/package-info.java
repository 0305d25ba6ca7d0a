/** Discovery of targets in Redis, and their registration, with Lettuce. */
@NullMarked
package io.lbtk.redis;

import org.jspecify.annotations.NullMarked;
