package io.lbtk.consul;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The common options of the refresher and the registrar. */
final class ConsulOptions {

  /** Header with the ACL token. */
  static final String TOKEN_HEADER = "X-Consul-Token";

  static final Option<String> SERVICE =
      Option.string("service")
          .check(name -> !name.isBlank(), "the name of a service")
          .required()
          .position(1)
          .doc("Name of the service.");

  static final Option<String> TOKEN =
      Option.string("token").secret().doc("ACL token for the requests.");

  private ConsulOptions() {}

  /**
   * Passes the token of the settings to a builder, if there is one.
   *
   * @throws SettingsException if the token cannot be the value of a header
   */
  static void applyToken(Settings settings, Context context, Consumer<Supplier<String>> token) {
    try {
      Supplier<Optional<String>> current = settings.current(TOKEN);
      settings.find(TOKEN).ifPresent(first -> token.accept(() -> current.get().orElse(first)));
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          context.name() + ": token (expected: one line of ASCII, as a header can have it)");
    }
  }

  /** Checks the name of a service. */
  static String service(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("service is blank (expected: its name)");
    }
    return name;
  }
}
