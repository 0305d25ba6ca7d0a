package io.lbtk.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.core.net.UriAddress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server of Redis is, and how to come in.
 *
 * @param uri without a user and a password
 * @param login asked for with each connection
 * @param authorities a PEM file of whom to trust; null for the authorities of the JDK
 * @param timeout of each command, and of each step of connecting
 */
record RedisServer(URI uri, Supplier<Login> login, @Nullable Path authorities, Duration timeout) {

  /**
   * How to come in.
   *
   * @param user null for that of the server that is called default
   * @param password null for none
   */
  record Login(@Nullable String user, @Nullable String password) {

    Login withUser(String other) {
      return new Login(other, password);
    }

    Login withPassword(String other) {
      return new Login(user, other);
    }

    /** Without the password. */
    @Override
    public String toString() {
      return String.valueOf(user);
    }
  }

  static final String EXPECTED =
      "redis://host:port/database, rediss:// for TLS (and no _ in the host), or redis-sentinel://host:port,host:port#master";

  private static final Pattern PATH = Pattern.compile("(/\\d{0,9})?");

  /**
   * A server.
   *
   * @param uri may hold a user and a password: {@code redis://user:password@host}
   * @throws IllegalArgumentException if it does not say where a server is; the message does not
   *     repeat it
   */
  static RedisServer of(URI uri, Duration timeout) {
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    int at = authority.lastIndexOf('@');
    String login = authority.substring(0, Math.max(at, 0));
    int colon = login.indexOf(':');
    RedisServer server =
        new RedisServer(
            withoutLogin(uri, authority.substring(at + 1)),
            constant(
                new Login(
                    colon > 0 ? decoded(login.substring(0, colon)) : null,
                    at < 0 ? null : decoded(login.substring(colon + 1)))),
            null,
            timeout);
    try {
      server.redisUri();
    } catch (IllegalArgumentException e) {
      // Not the cause: it repeats the URI.
      throw expected();
    }
    return server;
  }

  private static URI withoutLogin(URI uri, String hosts) {
    String scheme = String.valueOf(uri.getScheme());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String master = uri.getRawFragment() == null ? "" : uri.getRawFragment();
    boolean sentinel = scheme.equals("redis-sentinel");
    if (!(scheme.equals("redis") || scheme.equals("rediss") || sentinel)
        || hosts.isEmpty()
        || hosts.startsWith(":")
        || !PATH.matcher(path).matches()
        || uri.getRawQuery() != null
        || sentinel == master.isEmpty()) {
      throw expected();
    }
    URI bare = URI.create(scheme + "://" + hosts + path + (sentinel ? "#" + master : ""));
    if (scheme.equals("rediss") && bare.getHost() == null) {
      // The TLS of the JDK refuses names with underscores, also where the certificate has them.
      throw expected();
    }
    return bare;
  }

  private static IllegalArgumentException expected() {
    return new IllegalArgumentException("expected: " + EXPECTED);
  }

  /** A plus sign stands for itself in a URI. */
  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }

  private static Supplier<Login> constant(Login login) {
    return () -> login;
  }

  RedisServer withUser(String user) {
    return withLogin(() -> login.get().withUser(user));
  }

  RedisServer withPassword(Supplier<String> password) {
    return withLogin(() -> login.get().withPassword(password.get()));
  }

  RedisServer withLogin(Supplier<Login> login) {
    return new RedisServer(uri, login, authorities, timeout);
  }

  RedisServer withAuthorities(Path pem) {
    return new RedisServer(uri, login, pem, timeout);
  }

  RedisServer withTimeout(Duration timeout) {
    return new RedisServer(uri, login, authorities, timeout);
  }

  boolean isTls() {
    return uri.getScheme().equals("rediss");
  }

  /** The number of its database. */
  int database() {
    return redisUri().getDatabase();
  }

  /** As Lettuce has it, with the login as it is now. */
  RedisURI redisUri() {
    RedisURI made = RedisURI.create(uri);
    if (made.getSentinels().isEmpty()) {
      UriAddress address = UriAddress.of(uri).orElseThrow(RedisServer::expected);
      if (!address.isStandard()) {
        // Lettuce takes the whole authority for the host then.
        made.setHost(address.host());
        made.setPort(address.port() < 0 ? RedisURI.DEFAULT_REDIS_PORT : address.port());
      }
    }
    made.setTimeout(timeout);
    Login now = login.get();
    String password = now.password();
    if (now.user() != null) {
      made.setAuthentication(now.user(), (password == null ? "" : password).toCharArray());
    } else if (password != null) {
      made.setAuthentication(password.toCharArray());
    }
    return made;
  }

  /** A connection that is lost stays so, and each command ends in time. */
  ClientOptions clientOptions() {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(timeout);
    if (authorities != null) {
      ssl.trustManager(authorities.toFile());
    }
    return ClientOptions.builder()
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .socketOptions(SocketOptions.builder().connectTimeout(timeout).build())
        .timeoutOptions(TimeoutOptions.enabled(timeout))
        .sslOptions(ssl.build())
        .build();
  }

  /** For people: without user and password. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
