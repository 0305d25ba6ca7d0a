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
 * Address of a server of Redis, and its login.
 *
 * @param uri the URI, without user and password
 * @param login called for each connection
 * @param authorities the PEM file of trusted authorities; null for those of the JDK
 * @param timeout the timeout of each command and of each step of connecting
 */
record RedisServer(URI uri, Supplier<Login> login, @Nullable Path authorities, Duration timeout) {

  /**
   * Credentials.
   *
   * @param user the user; null for the user {@code default} of the server
   * @param password the password; null for none
   */
  record Login(@Nullable String user, @Nullable String password) {

    Login withUser(String other) {
      return new Login(other, password);
    }

    Login withPassword(String other) {
      return new Login(user, other);
    }

    /** Returns the user, without the password. */
    @Override
    public String toString() {
      return String.valueOf(user);
    }
  }

  static final String EXPECTED =
      "redis://host:port/database, rediss:// for TLS (and no _ in the host), or redis-sentinel://host:port,host:port#master";

  private static final Pattern PATH = Pattern.compile("(/\\d{0,9})?");

  /**
   * Creates a server from a URI.
   *
   * @param uri the URI, optionally with credentials: {@code redis://user:password@host}
   * @throws IllegalArgumentException if the URI has another form; the message does not repeat it
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
      // Without the cause, which repeats the URI.
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

  /** Decodes a part of a URI, in which a plus sign stands for itself. */
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

  /** Returns the number of the database. */
  int database() {
    return redisUri().getDatabase();
  }

  /** Returns the URI of Lettuce, with the current login. */
  RedisURI redisUri() {
    RedisURI made = RedisURI.create(uri);
    if (made.getSentinels().isEmpty()) {
      UriAddress address = UriAddress.of(uri).orElseThrow(RedisServer::expected);
      if (!address.isStandard()) {
        // Lettuce mistakes the whole authority for the host.
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

  /** Returns options without automatic reconnects and with a timeout for each command. */
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

  /** Returns the URI, without user and password. */
  @Override
  public String toString() {
    return uri.toString();
  }
}
