/** The relay between a client and its target, without the sockets of an engine. */
@NullMarked
package io.lbtk.proxy.tcp;

import org.jspecify.annotations.NullMarked;
