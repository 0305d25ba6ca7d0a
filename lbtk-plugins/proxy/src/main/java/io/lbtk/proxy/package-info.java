/**
 * Proxies for TCP: accept, take a token, connect to its target on the same loop, relay.
 *
 * <p>{@link io.lbtk.proxy.TcpProxy} is the one to name; the rest is inside.
 */
@NullMarked
package io.lbtk.proxy;

import org.jspecify.annotations.NullMarked;
