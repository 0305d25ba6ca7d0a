/** What lbtk runs on Netty: the token port, the proxies and the echo servers. */
@NullMarked
package io.lbtk.netty;

import org.jspecify.annotations.NullMarked;
