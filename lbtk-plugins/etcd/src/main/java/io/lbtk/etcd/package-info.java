/** Discovery of targets in etcd, and their registration, with jetcd. */
@NullMarked
package io.lbtk.etcd;

import org.jspecify.annotations.NullMarked;
