/**
 * Executors and backoff of parts: each part works on one thread, its own or one that it is given.
 */
@NullMarked
package io.lbtk.core.part;

import org.jspecify.annotations.NullMarked;
