/**
 * The command line. Each command is a class that turns its arguments into settings and runs them.
 */
@NullMarked
package io.lbtk.launcher;

import org.jspecify.annotations.NullMarked;
