/** The engine of {@code tcp-nio}, on Netty's NIO channels, which also supports TLS. */
@NullMarked
package io.lbtk.proxy.nio;

import org.jspecify.annotations.NullMarked;
