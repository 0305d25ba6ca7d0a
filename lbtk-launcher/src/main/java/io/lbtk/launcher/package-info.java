/**
 * The command line: each command is a class, which turns its words into settings, and runs what
 * they say.
 */
@NullMarked
package io.lbtk.launcher;

import org.jspecify.annotations.NullMarked;
