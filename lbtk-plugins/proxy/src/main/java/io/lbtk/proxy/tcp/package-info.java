/** The relay between a client and its target, independent of the kind of socket. */
@NullMarked
package io.lbtk.proxy.tcp;

import org.jspecify.annotations.NullMarked;
