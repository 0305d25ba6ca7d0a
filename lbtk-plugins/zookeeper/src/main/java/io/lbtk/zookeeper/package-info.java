/** Targets in ZooKeeper, and their registration, by Curator. */
@NullMarked
package io.lbtk.zookeeper;

import org.jspecify.annotations.NullMarked;
