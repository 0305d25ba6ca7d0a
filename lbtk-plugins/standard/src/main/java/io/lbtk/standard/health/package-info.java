/** Health checks of targets: TCP, HTTP and commands. */
@NullMarked
package io.lbtk.standard.health;

import org.jspecify.annotations.NullMarked;
