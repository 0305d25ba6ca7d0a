/** Addresses, listeners and event loops, shared by the token port and the proxies. */
@NullMarked
package io.lbtk.net;

import org.jspecify.annotations.NullMarked;
