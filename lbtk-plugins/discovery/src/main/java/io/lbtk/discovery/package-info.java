/** What readers of directories share: entries that are no targets, documents, values as text. */
@NullMarked
package io.lbtk.discovery;

import org.jspecify.annotations.NullMarked;
