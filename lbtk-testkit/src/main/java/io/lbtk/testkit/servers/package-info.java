/** Real servers as processes of a test: started, awaited and ended. */
@NullMarked
package io.lbtk.testkit.servers;

import org.jspecify.annotations.NullMarked;
