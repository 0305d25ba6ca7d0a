/** HTTP calls with limits of time and size. */
@NullMarked
package io.lbtk.discovery.http;

import org.jspecify.annotations.NullMarked;
