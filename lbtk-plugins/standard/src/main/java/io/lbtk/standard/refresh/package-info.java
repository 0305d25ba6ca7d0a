/** The refreshers that need nothing but the JDK: static, file, stdin, exec and merge. */
@NullMarked
package io.lbtk.standard.refresh;

import org.jspecify.annotations.NullMarked;
