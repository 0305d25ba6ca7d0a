/**
 * The token port, by which generators serve tokens to remote peers. Both ends speak ZMTP 3.1, the
 * protocol of ZeroMQ, over TCP.
 */
@NullMarked
package io.lbtk.tokenport;

import org.jspecify.annotations.NullMarked;
