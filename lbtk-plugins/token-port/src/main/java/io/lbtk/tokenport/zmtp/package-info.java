/**
 * ZMTP 3, the wire protocol of ZeroMQ, as a Netty handler for both ends. Supports the NULL
 * mechanism and single-part messages.
 */
@NullMarked
package io.lbtk.tokenport.zmtp;

import org.jspecify.annotations.NullMarked;
