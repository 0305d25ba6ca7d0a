/** Outgoing connections. */
@NullMarked
package io.lbtk.core.net;

import org.jspecify.annotations.NullMarked;
