/** Shared code of the directories: bad entries, documents, text. */
@NullMarked
package io.lbtk.discovery;

import org.jspecify.annotations.NullMarked;
