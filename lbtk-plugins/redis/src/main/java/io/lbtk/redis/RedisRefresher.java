package io.lbtk.redis;

import io.lbtk.api.SettingsException;
import io.lbtk.core.refresh.PolledRefresher;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Targets that stand in Redis: in a hash, a set, a sorted set with heartbeats, or keys that expire.
 *
 * <pre>{@code
 * Refresher refresher = RedisRefresher.builder(URI.create("redis://10.0.0.1"), "web").build();
 * }</pre>
 *
 * <p>It reads at intervals, and sooner where the server tells of changes by keyspace notifications,
 * which it does when its {@code notify-keyspace-events} says so. A key that does not exist holds no
 * target. What cannot be connected to, wants another password, holds a value of another type, or
 * does not answer in time is a failure; an entry that is no target is skipped, and named in the
 * log. Its threads are daemons, and end after it was closed.
 */
public final class RedisRefresher {

  private RedisRefresher() {}

  /**
   * A builder for the targets of a key.
   *
   * @param uri {@code redis://host:port/database}, where user and password may stand before the
   *     host; {@code rediss} for TLS; {@code redis-sentinel://host:port,host:port#master} for the
   *     master that sentinels know
   * @param key of the targets; or what their keys begin with, before a colon
   * @throws IllegalArgumentException if the URI is none of these; the message does not repeat it
   */
  public static Builder builder(URI uri, String key) {
    return builder(RedisOptions.server(uri), key);
  }

  static Builder builder(RedisServer server, String key) {
    return new Builder(server, Objects.requireNonNull(key, "key"));
  }

  /** Makes a refresher of a key. */
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

    /** How the targets stand there; by default as the type of the key says. */
    public Builder format(RedisFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * How old the score of a member of a sorted set may be, by the clock of the server; 15 seconds
     * by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder ttl(Duration ttl) {
      this.ttl = positive("ttl", ttl);
      return this;
    }

    /** Whether to listen to what the server tells of changes; auto by default. */
    public Builder notify(NotifyMode notify) {
      this.notify = Objects.requireNonNull(notify, "notify");
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
    protected PolledRefresher.Source source() {
      return new RedisSource(
          name(),
          "%s, key %s".formatted(server, key),
          new RedisLink(server),
          structure(),
          new KeyspaceEvents(name(), server, key, format, notify));
    }

    private Structure structure() {
      Structure hash = new HashStructure(key);
      Structure set = new SetStructure(key);
      Structure sortedSet = new SortedSetStructure(key, ttl);
      Structure keys = new KeysStructure(key);
      return switch (format) {
        case HASH -> hash;
        case SET -> set;
        case ZSET -> sortedSet;
        case KEYS -> keys;
        case AUTO -> new DetectedStructure(key, hash, set, sortedSet, keys);
      };
    }
  }
}
