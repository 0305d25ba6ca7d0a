package io.lbtk.redis;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Discovers targets in Redis: in a hash, a set, a sorted set with heartbeats, or keys that expire.
 *
 * <pre>{@code
 * Refresher refresher = RedisRefresher.builder(URI.create("redis://10.0.0.1"), "web").build();
 * }</pre>
 *
 * <p>It reads at intervals, and earlier on keyspace notifications, if {@code
 * notify-keyspace-events} of the server enables them. A key that does not exist yields an empty
 * set. A failed connection or login, a value of another type and a timeout are failures; an entry
 * that is not a target is logged and skipped. The threads are daemons and end after {@code close}.
 */
public final class RedisRefresher {

  private RedisRefresher() {}

  /**
   * Returns a builder for the targets of a key.
   *
   * @param uri {@code redis://host:port/database}, optionally with user and password before the
   *     host; {@code rediss} for TLS; {@code redis-sentinel://host:port,host:port#master} for a
   *     master monitored by sentinels
   * @param key the key of the targets, or the part of their keys before a colon
   * @throws IllegalArgumentException if the URI has another form; the message does not repeat it
   */
  public static Builder builder(URI uri, String key) {
    return builder(RedisOptions.server(uri), key);
  }

  static Builder builder(RedisServer server, String key) {
    return new Builder(server, Objects.requireNonNull(key, "key"));
  }

  /** Builds a refresher for one key. */
  public static final class Builder extends PolledRefresher.Builder<Builder> {

    private final String key;
    private RedisServer server;
    private RedisFormat format = RedisFormat.AUTO;
    private Duration ttl = RedisOptions.TTL.defaultValue().orElseThrow();
    private NotifyMode notify = NotifyMode.AUTO;

    private Builder(RedisServer server, String key) {
      super("redis");
      this.server = server;
      this.key = key;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the structure of the targets; by default it is detected from the type of the key. */
    public Builder format(RedisFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * Sets the largest age of the score of a member of a sorted set, by the clock of the server; 15
     * seconds by default.
     *
     * @throws IllegalArgumentException if {@code ttl} is not positive
     */
    public Builder ttl(Duration ttl) {
      this.ttl = positive("ttl", ttl);
      return this;
    }

    /** Sets whether to listen to keyspace notifications; auto by default. */
    public Builder notify(NotifyMode notify) {
      this.notify = Objects.requireNonNull(notify, "notify");
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
    protected PolledRefresher.Source source() {
      return new RedisSource(
          name(),
          "%s, key %s".formatted(server, key),
          new RedisLink(server),
          structure(),
          new KeyspaceEvents(name(), server, key, format, notify));
    }

    private Structure structure() {
      Structure hash = new Structure.Hash(key);
      Structure set = new Structure.PlainSet(key);
      Structure sortedSet = new Structure.SortedSet(key, ttl);
      Structure keys = new KeysStructure(key);
      return switch (format) {
        case HASH -> hash;
        case SET -> set;
        case ZSET -> sortedSet;
        case KEYS -> keys;
        case AUTO -> new Structure.Detected(key, hash, set, sortedSet, keys);
      };
    }
  }
}
