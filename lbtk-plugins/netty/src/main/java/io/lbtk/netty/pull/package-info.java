/**
 * Tokens from any ZeroMQ PUSH socket: {@code pull+tcp://host:port}.
 *
 * <p>What comes is used or dropped, and nobody hears what became of it: no limits, no outcomes. The
 * token port at {@code tcp://} is what lbtk's own proxies use.
 */
@NullMarked
package io.lbtk.netty.pull;

import org.jspecify.annotations.NullMarked;
