/** The tokens that proxies take, and what they remember of targets. */
@NullMarked
package io.lbtk.proxy.token;

import org.jspecify.annotations.NullMarked;
