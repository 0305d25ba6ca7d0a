package io.lbtk.api;

/** Finds a {@link Registrar} by the {@code type} of a {@code register.NAME}. */
public interface RegistrarProvider extends Provider<Registrar> {}
