package io.lbtk.api;

/** Creates the {@link Registrar} of the {@code type} that a {@code register.NAME} names. */
public interface RegistrarProvider extends Provider<Registrar> {}
