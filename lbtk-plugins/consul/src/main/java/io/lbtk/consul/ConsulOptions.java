package io.lbtk.consul;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The options that refreshers and registrars of Consul share. */
final class ConsulOptions {

  /** Who asks. */
  static final String TOKEN_HEADER = "X-Consul-Token";

  static final Option<String> SERVICE =
      Option.string("service")
          .check(name -> !name.isBlank(), "the name of a service")
          .required()
          .position(1)
          .doc("The name of the service.");

  static final Option<String> TOKEN =
      Option.string("token").secret().doc("The ACL token to ask with.");

  private ConsulOptions() {}

  /**
   * Gives a builder the token, if there is one.
   *
   * @throws SettingsException if it cannot be the value of a header
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

  /** A service by its name. */
  static String service(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("service is blank (expected: its name)");
    }
    return name;
  }
}
