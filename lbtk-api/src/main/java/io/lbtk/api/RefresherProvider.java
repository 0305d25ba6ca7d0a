package io.lbtk.api;

/** Finds a {@link Refresher} by the {@code type} of a {@code refresher.NAME}. */
public interface RefresherProvider extends Provider<Refresher> {}
