/** The header of the PROXY protocol, versions 1 and 2. */
@NullMarked
package io.lbtk.proxy.header;

import org.jspecify.annotations.NullMarked;
