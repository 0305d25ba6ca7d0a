/** Plain sockets of Linux on Netty's epoll loops, and pipes to splice between them. */
@NullMarked
package io.lbtk.proxy.splice;

import org.jspecify.annotations.NullMarked;
