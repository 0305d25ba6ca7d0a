/** JSON from outside: read as a stream or a tree, within limits, never bound to classes. */
@NullMarked
package io.lbtk.discovery.json;

import org.jspecify.annotations.NullMarked;
