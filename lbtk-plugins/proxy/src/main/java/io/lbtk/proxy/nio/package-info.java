/** The engine of {@code tcp-nio}, on the JDK's sockets, and of TLS. */
@NullMarked
package io.lbtk.proxy.nio;

import org.jspecify.annotations.NullMarked;
