/** The UDP proxy: its event loops, sessions and sockets. */
@NullMarked
package io.lbtk.proxy.udp;

import org.jspecify.annotations.NullMarked;
