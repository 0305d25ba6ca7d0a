/** TLS with what a refresher reads from. */
@NullMarked
package io.lbtk.core.tls;

import org.jspecify.annotations.NullMarked;
