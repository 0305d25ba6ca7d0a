/** TLS for connections of refreshers to their sources. */
@NullMarked
package io.lbtk.core.tls;

import org.jspecify.annotations.NullMarked;
