package io.lbtk.etcd;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.core.tls.Authorities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The common options of the refresher and the registrar. */
final class EtcdOptions {

  static final Option<List<EtcdEndpoint>> ENDPOINTS =
      EtcdEndpoint.option("endpoints")
          .list()
          .check(endpoints -> !endpoints.isEmpty(), "at least one server")
          .required()
          .position(0)
          .doc("Servers, as URLs or host:port; one is used until it fails, then the next.");

  static final Option<EtcdPrefix> PREFIX =
      Option.of("prefix", "text", EtcdOptions::prefix, EtcdPrefix::toString)
          .required()
          .position(1)
          .doc("Prefix of the keys; a slash is appended after a letter or a digit.");

  static final Option<String> USER =
      Option.string("user").check(text -> !text.isEmpty(), "a name").doc("Name of the user.");

  static final Option<String> PASSWORD =
      Option.string("password").secret().doc("Password of the user.");

  static final Option<Path> CA =
      Option.path("ca").doc("PEM file of the trusted authorities, instead of those of the JDK.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time for each answer of a server.");

  private static final List<Option<?>> ALL =
      List.of(ENDPOINTS, PREFIX, USER, PASSWORD, CA, TIMEOUT);

  private EtcdOptions() {}

  private static EtcdPrefix prefix(String text) {
    try {
      return new EtcdPrefix(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected: a text such as /services/web/", e);
    }
  }

  /** Returns the common options, followed by the given ones. */
  static List<Option<?>> and(Option<?>... others) {
    List<Option<?>> all = new ArrayList<>(ALL);
    all.addAll(List.of(others));
    return List.copyOf(all);
  }

  /**
   * Returns a builder for the servers of the settings.
   *
   * @throws SettingsException if settings conflict, or the authorities cannot be read
   */
  static EtcdServersBuilder servers(Settings settings, Context context) {
    List<EtcdEndpoint> endpoints = settings.get(ENDPOINTS);
    EtcdServersBuilder servers = new EtcdServersBuilder(endpoints);
    servers.timeout(settings.get(TIMEOUT));
    Optional<String> user = settings.find(USER);
    Optional<String> password = settings.find(PASSWORD);
    if (user.isPresent() != password.isPresent()) {
      throw new SettingsException(
          context.name() + ": user or password alone (expected: both, or none)");
    }
    if (user.isPresent()) {
      Supplier<Optional<String>> currentUser = settings.current(USER);
      Supplier<Optional<String>> currentPassword = settings.current(PASSWORD);
      servers.user(
          () -> new EtcdUser(currentUser.get().orElseThrow(), currentPassword.get().orElseThrow()));
    }
    if (settings.isSet(CA) && endpoints.stream().noneMatch(EtcdEndpoint::tls)) {
      throw new SettingsException(
          context.name() + ": ca, but no endpoint in TLS (expected: one of https://)");
    }
    try {
      settings.find(CA).map(Authorities::of).ifPresent(servers::authorities);
    } catch (SettingsException e) {
      throw new SettingsException("%s: ca: %s".formatted(context.name(), e.getMessage()));
    }
    return servers;
  }
}
