package io.lbtk.redis;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import io.lbtk.core.tls.Authorities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The common options of the refresher and the registrar. */
final class RedisOptions {

  static final Option<URI> URI_OF_SERVER =
      Option.uri("uri", "redis://127.0.0.1:6379")
          .check(RedisOptions::isServer, RedisServer.EXPECTED)
          .required()
          .secret()
          .position(0)
          .doc("Server: " + RedisServer.EXPECTED + "; may contain a user and a password.");

  static final Option<String> KEY =
      Option.string("key")
          .check(key -> !key.isEmpty(), "the name of a key")
          .required()
          .position(1)
          .doc("Key of the targets, or the part of their keys before a colon.");

  static final Option<Duration> TTL =
      Option.duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .check(RenewingRegistrar::isTtl, RenewingRegistrar.TTL_RANGE)
          .doc("Time for which an entry counts without renewal; in a sorted set, by its score.");

  static final Option<String> USER =
      Option.string("user").doc("Name of the user; needs Redis 6 or newer.");

  static final Option<String> PASSWORD =
      Option.string("password").secret().doc("Password of the user, or of the server.");

  static final Option<Path> CA =
      Option.path("ca").doc("PEM file of the trusted authorities, instead of those of the JDK.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("Time for each command and each step of connecting.");

  private RedisOptions() {}

  private static boolean isServer(URI uri) {
    try {
      var unused = server(uri);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns the server of a URI, with the default timeout.
   *
   * @throws IllegalArgumentException if the URI has another form; the message does not repeat it
   */
  static RedisServer server(URI uri) {
    return RedisServer.of(uri, TIMEOUT.defaultValue().orElseThrow());
  }

  /**
   * Returns a copy of a server with the given trusted authorities.
   *
   * @throws SettingsException if the file cannot be read, or the server does not use TLS
   */
  static RedisServer trusting(RedisServer server, Path pem) {
    if (!server.isTls()) {
      throw new SettingsException("%s is without TLS (expected: rediss://)".formatted(server));
    }
    // Read here to report problems early; each connection reads it anew.
    var unused = Authorities.of(pem);
    return server.withAuthorities(pem);
  }

  /** Returns the current login of the settings; other parts of a changed URI are ignored. */
  private static Supplier<RedisServer.Login> login(Settings settings, RedisServer first) {
    Supplier<Optional<URI>> uri = settings.current(URI_OF_SERVER);
    Supplier<Optional<String>> user = settings.current(USER);
    Supplier<Optional<String>> password = settings.current(PASSWORD);
    return () -> {
      RedisServer.Login login =
          uri.get().map(now -> server(now).login()).orElse(first.login()).get();
      RedisServer.Login named = user.get().map(login::withUser).orElse(login);
      return password.get().map(named::withPassword).orElse(named);
    };
  }

  /**
   * Returns the server of the settings.
   *
   * @throws SettingsException if the settings conflict
   */
  static RedisServer server(Settings settings, Context context) {
    RedisServer first = server(settings.get(URI_OF_SERVER));
    RedisServer server = first.withLogin(login(settings, first)).withTimeout(settings.get(TIMEOUT));
    try {
      return settings.isSet(CA) ? trusting(server, settings.find(CA).orElseThrow()) : server;
    } catch (SettingsException e) {
      throw new SettingsException("%s: ca: %s".formatted(context.name(), e.getMessage()));
    }
  }
}
