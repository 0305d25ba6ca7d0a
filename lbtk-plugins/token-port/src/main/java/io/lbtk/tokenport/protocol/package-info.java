/** The lines of the lease protocol, which both ends read and write. */
@NullMarked
package io.lbtk.tokenport.protocol;

import org.jspecify.annotations.NullMarked;
