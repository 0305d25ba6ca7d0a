/** What lbtk runs on Netty: the token port, the proxies and the echo servers. */
@NullMarked
package io.lbtk.net;

import org.jspecify.annotations.NullMarked;
