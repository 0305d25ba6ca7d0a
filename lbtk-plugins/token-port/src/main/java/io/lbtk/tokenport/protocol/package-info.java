/** The lines of the lease protocol, with readers and writers for both ends. */
@NullMarked
package io.lbtk.tokenport.protocol;

import org.jspecify.annotations.NullMarked;
