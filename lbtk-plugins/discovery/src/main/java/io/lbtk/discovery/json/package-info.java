/** JSON of directories: streams and trees, within limits, without data binding. */
@NullMarked
package io.lbtk.discovery.json;

import org.jspecify.annotations.NullMarked;
