/** Targets in etcd, and their registration, by jetcd. */
@NullMarked
package io.lbtk.etcd;

import org.jspecify.annotations.NullMarked;
