/**
 * Echo servers, to try things with.
 *
 * <p>{@link io.lbtk.proxy.echo.EchoServer} is the one to name; the rest is inside.
 */
@NullMarked
package io.lbtk.proxy.echo;

import org.jspecify.annotations.NullMarked;
