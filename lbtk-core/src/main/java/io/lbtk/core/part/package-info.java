/** Where parts do what takes time: on one thread each, their own or one that they are given. */
@NullMarked
package io.lbtk.core.part;

import org.jspecify.annotations.NullMarked;
