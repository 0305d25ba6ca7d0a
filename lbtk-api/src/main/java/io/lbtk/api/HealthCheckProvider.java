package io.lbtk.api;

/** Creates the {@link HealthCheck} of the {@code type} that a {@code health.NAME} names. */
public interface HealthCheckProvider extends Provider<HealthCheck> {}
