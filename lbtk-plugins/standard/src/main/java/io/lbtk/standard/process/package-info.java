/** Commands that are run: with their output, their errors and their end. */
@NullMarked
package io.lbtk.standard.process;

import org.jspecify.annotations.NullMarked;
