/** Refreshers without third-party clients: static, file, stdin, exec, http, openio and merge. */
@NullMarked
package io.lbtk.standard.refresh;

import org.jspecify.annotations.NullMarked;
