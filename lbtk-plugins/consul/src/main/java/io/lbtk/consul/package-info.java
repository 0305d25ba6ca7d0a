/** Discovery of targets in Consul, and their registration. */
@NullMarked
package io.lbtk.consul;

import org.jspecify.annotations.NullMarked;
