package io.lbtk.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keyspace notifications of a server, received on a separate connection. They are only hints: a
 * change whose notification is lost is seen by the next read. Not thread-safe.
 */
final class KeyspaceEvents {

  private static final Logger log = LoggerFactory.getLogger(KeyspaceEvents.class);

  private static final String SETTING = "notify-keyspace-events";

  /** The event of a renewed key. */
  private static final String EXPIRE = "expire";

  private final String name;
  private final RedisServer server;
  private final RedisFormat format;
  private final NotifyMode mode;
  private final EntryText channel;
  private final EntryText pattern;
  private volatile @Nullable StatefulRedisPubSubConnection<EntryText, EntryText> connection;
  private boolean logged;

  KeyspaceEvents(String name, RedisServer server, String key, RedisFormat format, NotifyMode mode) {
    this.name = name;
    this.server = server;
    this.format = format;
    this.mode = mode;
    String prefix = "__keyspace@%d__:".formatted(server.database());
    this.channel = EntryText.of(prefix + key);
    this.pattern = EntryText.of(KeysStructure.pattern(prefix + KeysStructure.prefix(key)));
  }

  /**
   * Subscribes to changes, unless that is done; blocks. If it fails there are no hints until the
   * next call.
   *
   * @param changed called for each change, on any thread
   */
  void listen(RedisLink link, Runnable changed) {
    if (mode == NotifyMode.OFF || isAlive()) {
      return;
    }
    drop();
    try {
      checkSetting(link.commands());
      subscribe(link.newSubscriber(), changed);
    } catch (RedisException e) {
      drop();
      logOnce("no events from the server: " + RedisProblem.describe(e));
    }
  }

  /** Pings the server: an idle connection may have been dead for long. */
  private boolean isAlive() {
    StatefulRedisPubSubConnection<EntryText, EntryText> open = connection;
    if (open == null || !open.isOpen()) {
      return false;
    }
    try {
      var unused = open.sync().ping();
      return true;
    } catch (RedisException e) {
      return false;
    }
  }

  private void checkSetting(RedisCommands<EntryText, EntryText> commands) {
    String set;
    try {
      set = commands.configGet(SETTING).getOrDefault(SETTING, "");
    } catch (RedisException e) {
      log.debug("{}: {} does not reveal its settings", name, server, e);
      return;
    }
    String wanted = requiredFlags(format);
    String missing = missingFlags(wanted, set);
    if (!missing.isEmpty()) {
      logOnce(
          "notify-keyspace-events is \"%s\", without %s (expected: %s or more)"
              .formatted(set, missing, wanted));
    }
  }

  private void subscribe(
      StatefulRedisPubSubConnection<EntryText, EntryText> open, Runnable changed) {
    connection = open;
    open.addListener(
        new RedisPubSubAdapter<EntryText, EntryText>() {
          @Override
          public void message(EntryText channel, EntryText event) {
            if (!event.text().equals(EXPIRE)) {
              changed.run();
            }
          }

          @Override
          public void message(EntryText pattern, EntryText channel, EntryText event) {
            message(channel, event);
          }
        });
    open.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
            // A dropped connection reports its end, too.
            if (connection == open) {
              changed.run();
            }
          }
        });
    if (format != RedisFormat.KEYS) {
      open.sync().subscribe(channel);
    }
    if (format == RedisFormat.KEYS || format == RedisFormat.AUTO) {
      open.sync().psubscribe(pattern);
    }
  }

  /** Logs the first problem only. */
  private void logOnce(String problem) {
    if (logged) {
      return;
    }
    logged = true;
    String message = "{}: {}: {}; changes are seen at the next read";
    if (mode == NotifyMode.ON) {
      log.warn(message, name, server, problem);
    } else {
      log.info(message, name, server, problem);
    }
  }

  /** Closes the connection, even a lost one, because the client keeps it until then. */
  void drop() {
    StatefulRedisPubSubConnection<EntryText, EntryText> open = connection;
    connection = null;
    if (open != null) {
      var unused = open.closeAsync();
    }
  }

  /**
   * Returns the flags of the setting: K for events by key, g for deletion, and those of the type.
   */
  static String requiredFlags(RedisFormat format) {
    return switch (format) {
      case HASH -> "Kgh";
      case SET -> "Kgs";
      case ZSET -> "Kgz";
      case KEYS -> "Kg$x";
      case AUTO -> "Kghsz$x";
    };
  }

  /** Returns the required flags that the server has not set; empty if it has set all. */
  static String missingFlags(String wanted, String set) {
    String all = set.replace("A", "g$lshzxetd");
    return wanted
        .chars()
        .filter(flag -> all.indexOf(flag) < 0)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
