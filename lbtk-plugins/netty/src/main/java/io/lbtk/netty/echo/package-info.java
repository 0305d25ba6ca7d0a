/** Echo servers, to try things with. */
@NullMarked
package io.lbtk.netty.echo;

import org.jspecify.annotations.NullMarked;
