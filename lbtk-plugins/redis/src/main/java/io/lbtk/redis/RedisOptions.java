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

/** The options that refreshers and registrars of Redis share, and how they are read. */
final class RedisOptions {

  static final Option<URI> URI_OF_SERVER =
      Option.uri("uri", "redis://127.0.0.1:6379")
          .check(RedisOptions::isServer, RedisServer.EXPECTED)
          .required()
          .secret()
          .position(0)
          .doc("The server: " + RedisServer.EXPECTED + "; a user and a password may stand in it.");

  static final Option<String> KEY =
      Option.string("key")
          .check(key -> !key.isEmpty(), "the name of a key")
          .required()
          .position(1)
          .doc("The key of the targets; or what their keys begin with, before a colon.");

  static final Option<Duration> TTL =
      Option.duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .check(RenewingRegistrar::isTtl, RenewingRegistrar.TTL_RANGE)
          .doc("How long an entry counts that is not kept: in a sorted set, by its score.");

  static final Option<String> USER = Option.string("user").doc("The user, of Redis 6 and newer.");

  static final Option<String> PASSWORD = Option.string("password").secret().doc("The password.");

  static final Option<Path> CA =
      Option.path("ca").doc("A PEM file of authorities to trust, rather than those of the JDK.");

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .check(timeout -> !timeout.isZero(), "more than 0")
          .doc("How long each command may take, and each step of connecting.");

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
   * The server of a URI, with the default timeout.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  static RedisServer server(URI uri) {
    return RedisServer.of(uri, TIMEOUT.defaultValue().orElseThrow());
  }

  /**
   * Trusts these authorities.
   *
   * @throws SettingsException if the file cannot be read, or the server is not asked by TLS
   */
  static RedisServer trusting(RedisServer server, Path pem) {
    if (!server.isTls()) {
      throw new SettingsException("%s is without TLS (expected: rediss://)".formatted(server));
    }
    // It is read anew with each connection: here only to see what is wrong with it.
    var unused = Authorities.of(pem);
    return server.withAuthorities(pem);
  }

  /** The login of the settings as they are at each time; of a URI that changes nothing else. */
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
   * The server that the settings name.
   *
   * @throws SettingsException if they do not fit each other
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
