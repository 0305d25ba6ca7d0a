package io.lbtk.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints of a server that a key has changed, by its keyspace notifications, on a connection of its
 * own. Nothing depends on them: one that is lost, as all are while the connection is, leaves the
 * change to the next read. Used on the thread of the part.
 */
final class KeyspaceEvents {

  private static final Logger log = LoggerFactory.getLogger(KeyspaceEvents.class);

  private static final String SETTING = "notify-keyspace-events";

  /** A heartbeat of a key that is there already. */
  private static final String EXPIRE = "expire";

  private final String name;
  private final RedisServer server;
  private final RedisFormat format;
  private final NotifyMode mode;
  private final EntryText channel;
  private final EntryText pattern;
  private volatile @Nullable StatefulRedisPubSubConnection<EntryText, EntryText> connection;
  private boolean told;

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
   * Listens, if it does not yet, so that all that changes from now on is told; blocks while the
   * subscription is made. Where that fails there are no hints until it is called again.
   *
   * @param changed hints, from any thread
   */
  void listen(RedisLink link, Runnable changed) {
    if (mode == NotifyMode.OFF || isAlive()) {
      return;
    }
    drop();
    try {
      askForSetting(link.commands());
      subscribe(link.newSubscriber(), changed);
    } catch (RedisException e) {
      drop();
      tell("no events from the server, as " + RedisProblem.inWords(e));
    }
  }

  /** Asks: a connection that carries nothing could be dead for long. */
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

  private void askForSetting(RedisCommands<EntryText, EntryText> commands) {
    String set;
    try {
      set = commands.configGet(SETTING).getOrDefault(SETTING, "");
    } catch (RedisException e) {
      log.debug("{}: {} does not tell its settings", name, server, e);
      return;
    }
    String wanted = EventFlags.wanted(format);
    String missing = EventFlags.missing(wanted, set);
    if (!missing.isEmpty()) {
      tell(
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
            // One that was dropped tells of its end, too.
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

  /** Once: it is the same each time. */
  private void tell(String problem) {
    if (told) {
      return;
    }
    told = true;
    String message = "{}: {}: {}; changes are seen at the next read";
    if (mode == NotifyMode.ON) {
      log.warn(message, name, server, problem);
    } else {
      log.info(message, name, server, problem);
    }
  }

  /** Gives the connection up. One that was lost is closed, too: the client keeps it until then. */
  void drop() {
    StatefulRedisPubSubConnection<EntryText, EntryText> open = connection;
    connection = null;
    if (open != null) {
      var unused = open.closeAsync();
    }
  }
}
