/** Wrappers of refreshers: the guards that every one of them gets, and the union of several. */
@NullMarked
package io.lbtk.core.refresh;

import org.jspecify.annotations.NullMarked;
