/**
 * Wrappers of token sources: tokens fetched ahead, failover between ports, and a survival list.
 *
 * <p>Each owns the source that it wraps, and closes it. All are thread-safe; if every call comes
 * from one thread, as on the loop of a proxy, all work stays on that thread.
 */
@NullMarked
package io.lbtk.core.source;

import org.jspecify.annotations.NullMarked;
