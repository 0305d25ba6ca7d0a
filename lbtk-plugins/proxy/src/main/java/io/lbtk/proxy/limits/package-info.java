/** Limits of proxies: connections, their rate, addresses that may connect, bandwidth, retries. */
@NullMarked
package io.lbtk.proxy.limits;

import org.jspecify.annotations.NullMarked;
