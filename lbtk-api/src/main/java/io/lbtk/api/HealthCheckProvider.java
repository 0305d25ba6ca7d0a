package io.lbtk.api;

/** Finds a {@link HealthCheck} by the {@code type} of a {@code health.NAME}. */
public interface HealthCheckProvider extends Provider<HealthCheck> {}
