package io.lbtk.api;

/** Finds a {@link TokenTransport}: its name is the scheme of the URIs that it serves. */
public interface TokenTransportProvider extends Provider<TokenTransport> {}
