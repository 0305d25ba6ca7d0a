/**
 * Echo servers, to try things with.
 *
 * <p>{@link io.lbtk.netty.echo.EchoServer} is the one to name; the rest is inside.
 */
@NullMarked
package io.lbtk.netty.echo;

import org.jspecify.annotations.NullMarked;
