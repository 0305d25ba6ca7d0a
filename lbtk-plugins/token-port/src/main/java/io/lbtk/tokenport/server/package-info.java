/**
 * The token port, which serves the tokens of a source to ZeroMQ sockets: to PULL as an open queue,
 * to DEALER by the lease protocol.
 */
@NullMarked
package io.lbtk.tokenport.server;

import org.jspecify.annotations.NullMarked;
