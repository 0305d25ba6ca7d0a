/** Runs commands with their output, stderr and termination. */
@NullMarked
package io.lbtk.standard.process;

import org.jspecify.annotations.NullMarked;
