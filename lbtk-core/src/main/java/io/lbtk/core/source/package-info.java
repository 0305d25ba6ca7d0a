/**
 * Token sources around token sources: tokens fetched ahead, several ports in order, and going on
 * without any.
 *
 * <p>Each takes over the source that it is put around and closes it. All are thread-safe; where
 * every call comes from one thread, as on the loop of a proxy, nothing here ever leaves it.
 */
@NullMarked
package io.lbtk.core.source;

import org.jspecify.annotations.NullMarked;
