/**
 * Proxies: {@link io.lbtk.netty.proxy.TcpNioProxy} accepts a client, a {@code Dial} finds it a
 * target that answers, and a {@code Tunnel} moves the bytes between the two.
 */
@NullMarked
package io.lbtk.netty.proxy;

import org.jspecify.annotations.NullMarked;
