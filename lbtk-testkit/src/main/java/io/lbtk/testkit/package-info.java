/**
 * Tools to test plugins of lbtk: contracts to extend, fakes, a clock under the test's control, and
 * backends that behave well or badly on purpose.
 *
 * <p>A contract is an abstract JUnit class, one for each kind of plugin: extend it, make one of
 * yours where it asks for one, and its tests run as your own. A subject that never returns fails
 * its test after some time, as every other.
 *
 * <p>The contracts need JUnit 6: with the JUnit 5 that another BOM brings they do not run. A
 * project that imports such a BOM sets {@code junit-jupiter} and the platform to version 6 itself.
 */
@NullMarked
package io.lbtk.testkit;

import org.jspecify.annotations.NullMarked;
