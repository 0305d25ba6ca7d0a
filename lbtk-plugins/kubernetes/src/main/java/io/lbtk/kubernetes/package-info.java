/** Discovery of targets in the EndpointSlices of Kubernetes. */
@NullMarked
package io.lbtk.kubernetes;

import org.jspecify.annotations.NullMarked;
