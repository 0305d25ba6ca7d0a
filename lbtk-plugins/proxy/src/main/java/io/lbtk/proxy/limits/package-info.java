/** The limits of proxies: connections, accept rate, client addresses, bandwidth and retries. */
@NullMarked
package io.lbtk.proxy.limits;

import org.jspecify.annotations.NullMarked;
