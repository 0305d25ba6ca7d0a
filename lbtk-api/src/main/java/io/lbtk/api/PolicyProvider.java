package io.lbtk.api;

/** Finds a {@link Policy} by its name. */
public interface PolicyProvider extends Provider<Policy> {}
