/** Discovery of targets in ZooKeeper, and their registration, with Curator. */
@NullMarked
package io.lbtk.zookeeper;

import org.jspecify.annotations.NullMarked;
