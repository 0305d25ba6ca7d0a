/**
 * ZMTP 3, the wire of ZeroMQ, as Netty handlers: the NULL mechanism, single-part messages, both
 * ends.
 */
@NullMarked
package io.lbtk.tokenport.zmtp;

import org.jspecify.annotations.NullMarked;
