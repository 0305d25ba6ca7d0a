package io.lbtk.redis;

import io.lbtk.api.SettingsException;
import io.lbtk.core.register.RenewingRegistrar;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Keeps a target in Redis, where {@link RedisRefresher} finds it: as a key that expires, or as a
 * member of a sorted set whose score is its last heartbeat.
 *
 * <pre>{@code
 * Registrar registrar = RedisRegistrar.builder(URI.create("redis://10.0.0.1"), "web").build();
 * registrar.register(Target.of("10.0.0.7", 8080));
 * }</pre>
 *
 * <p>That writes the key {@code web:10.0.0.7:8080}, with the target as text, and lengthens its life
 * three times within it.
 */
public final class RedisRegistrar {

  private RedisRegistrar() {}

  /**
   * A builder for an entry under a key.
   *
   * @param uri as in {@link RedisRefresher#builder}
   * @param key what the keys begin with, before a colon; or that of the sorted set
   * @throws IllegalArgumentException if the URI is none; the message does not repeat it
   */
  public static Builder builder(URI uri, String key) {
    return builder(RedisOptions.server(uri), key);
  }

  static Builder builder(RedisServer server, String key) {
    return new Builder(server, Objects.requireNonNull(key, "key"));
  }

  /** Whether entries of this format go by themselves when nobody keeps them. */
  static boolean isKept(RedisFormat format) {
    return format == RedisFormat.KEYS || format == RedisFormat.ZSET;
  }

  /** Makes a registrar of a key. */
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
     * What to write: {@link RedisFormat#KEYS}, as by default, or {@link RedisFormat#ZSET}.
     *
     * @throws IllegalArgumentException if it is another: their entries would stay for ever
     */
    public Builder format(RedisFormat format) {
      if (!isKept(format)) {
        throw new IllegalArgumentException(
            "format %s (expected: KEYS or ZSET, whose entries expire)".formatted(format));
      }
      this.format = format;
      return this;
    }

    /** Comes in as this user, of Redis 6 and newer, rather than that of the URI. */
    public Builder user(String user) {
      server = server.withUser(user);
      return this;
    }

    /** Comes in by this password, rather than that of the URI. */
    public Builder password(String password) {
      return password(() -> password);
    }

    /**
     * Comes in by a password that may change.
     *
     * @param password asked for with each connection
     */
    public Builder password(Supplier<String> password) {
      server = server.withPassword(password);
      return this;
    }

    /**
     * Trusts these authorities, rather than those of the JDK.
     *
     * @param pem a file of certificates, which is read with each connection
     * @throws SettingsException if it cannot be read, or holds none, or the URI is without TLS
     */
    public Builder authorities(Path pem) {
      server = RedisOptions.trusting(server, pem);
      return this;
    }

    /**
     * How long each command may take, and each step of connecting; 5 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
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
