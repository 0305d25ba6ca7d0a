package io.lbtk.redis;

import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Registers a target in Redis for {@link RedisRefresher}: as a key that expires, or as a member of
 * a sorted set whose score is its last heartbeat.
 *
 * <pre>{@code
 * Registrar registrar = RedisRegistrar.builder(URI.create("redis://10.0.0.1"), "web").build();
 * registrar.register(Target.of("10.0.0.7", 8080));
 * }</pre>
 *
 * <p>This writes the key {@code web:10.0.0.7:8080} with the target as text, and renews it three
 * times per time to live.
 */
public final class RedisRegistrar {

  private RedisRegistrar() {}

  /**
   * Returns a builder for an entry under a key.
   *
   * @param uri the server, as in {@link RedisRefresher#builder}
   * @param key the part of the keys before a colon, or the key of the sorted set
   * @throws IllegalArgumentException if the URI has another form; the message does not repeat it
   */
  public static Builder builder(URI uri, String key) {
    return builder(RedisOptions.server(uri), key);
  }

  static Builder builder(RedisServer server, String key) {
    return new Builder(server, Objects.requireNonNull(key, "key"));
  }

  /** Returns whether entries of a format expire if they are not renewed. */
  static boolean expires(RedisFormat format) {
    return format == RedisFormat.KEYS || format == RedisFormat.ZSET;
  }

  /** Builds a registrar for one key. */
  public static final class Builder extends RenewingRegistrar.Builder<Builder> {

    private final String key;
    private RedisServer server;
    private RedisFormat format = RedisFormat.KEYS;

    private Builder(RedisServer server, String key) {
      super("redis");
      this.server = server;
      this.key = key;
      ttl(RedisOptions.TTL.defaultValue().orElseThrow());
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Sets the structure: {@link RedisFormat#KEYS}, the default, or {@link RedisFormat#ZSET}.
     *
     * @throws IllegalArgumentException if {@code format} is another one, whose entries would not
     *     expire
     */
    public Builder format(RedisFormat format) {
      if (!expires(format)) {
        throw new IllegalArgumentException(
            "format %s (expected: KEYS or ZSET, whose entries expire)".formatted(format));
      }
      this.format = format;
      return this;
    }

    /** Sets the user, instead of that of the URI; needs Redis 6 or newer. */
    public Builder user(String user) {
      server = server.withUser(user);
      return this;
    }

    /** Sets the password, instead of that of the URI. */
    public Builder password(String password) {
      return password(() -> password);
    }

    /**
     * Sets a password that may change.
     *
     * @param password called for each connection
     */
    public Builder password(Supplier<String> password) {
      server = server.withPassword(password);
      return this;
    }

    /**
     * Sets the trusted authorities, instead of those of the JDK.
     *
     * @param pem the file of certificates, read for each connection
     * @throws SettingsException if the file cannot be read or holds no certificate, or the URI is
     *     without TLS
     */
    public Builder authorities(Path pem) {
      server = RedisOptions.trusting(server, pem);
      return this;
    }

    /**
     * Sets the time for each command and each step of connecting; 5 seconds by default.
     *
     * @throws IllegalArgumentException if {@code timeout} is not positive
     */
    public Builder timeout(Duration timeout) {
      server = server.withTimeout(positive("timeout", timeout));
      return this;
    }

    @Override
    protected RenewingRegistrar.Entry entry() {
      RedisEntry.Form form =
          format == RedisFormat.ZSET
              ? new HeartbeatMember(key, ttl())
              : new ExpiringKey(key, ttl());
      return new RedisEntry("%s, key %s".formatted(server, key), new RedisLink(server), form);
    }
  }
}
