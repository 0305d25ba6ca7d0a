/** The policies that need nothing but the JDK. */
@NullMarked
package io.lbtk.standard.policy;

import org.jspecify.annotations.NullMarked;
