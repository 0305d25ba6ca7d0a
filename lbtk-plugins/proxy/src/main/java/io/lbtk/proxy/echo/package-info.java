/** Echo servers for tests: {@link io.lbtk.proxy.echo.EchoServer}. */
@NullMarked
package io.lbtk.proxy.echo;

import org.jspecify.annotations.NullMarked;
