package io.lbtk.api;

/** Finds a {@link Proxy} by the {@code type} of a {@code proxy.NAME}. */
public interface ProxyProvider extends Provider<Proxy> {}
