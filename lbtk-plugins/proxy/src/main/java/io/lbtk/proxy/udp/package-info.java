/** Sockets for datagrams, by the best way that the system has. */
@NullMarked
package io.lbtk.proxy.udp;

import org.jspecify.annotations.NullMarked;
