package io.lbtk.api;

/** Creates the {@link Policy} of the name that a generator or {@code policy.NAME} gives. */
public interface PolicyProvider extends Provider<Policy> {}
