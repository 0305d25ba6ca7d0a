/**
 * The lines of the lease protocol, version 1, which lease peers and the token port say to each
 * other: how they are read and written.
 */
@NullMarked
package io.lbtk.netty.lease;

import org.jspecify.annotations.NullMarked;
