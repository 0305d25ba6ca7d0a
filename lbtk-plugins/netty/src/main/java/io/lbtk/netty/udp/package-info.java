/** Sockets for datagrams, by the best way that the system has. */
@NullMarked
package io.lbtk.netty.udp;

import org.jspecify.annotations.NullMarked;
