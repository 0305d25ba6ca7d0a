/** Registration of targets in directories. */
@NullMarked
package io.lbtk.core.register;

import org.jspecify.annotations.NullMarked;
