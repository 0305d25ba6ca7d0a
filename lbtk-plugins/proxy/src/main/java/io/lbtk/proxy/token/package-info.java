/** The tokens that proxies take, and the state that they keep about targets. */
@NullMarked
package io.lbtk.proxy.token;

import org.jspecify.annotations.NullMarked;
