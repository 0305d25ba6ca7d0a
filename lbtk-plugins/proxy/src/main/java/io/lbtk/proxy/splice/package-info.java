/**
 * The engine of {@code tcp-splice}: plain Linux sockets on Netty's epoll loops, and pipes between
 * them.
 */
@NullMarked
package io.lbtk.proxy.splice;

import org.jspecify.annotations.NullMarked;
