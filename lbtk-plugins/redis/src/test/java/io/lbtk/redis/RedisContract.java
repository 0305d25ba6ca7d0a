package io.lbtk.redis;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.DirectoryContract;
import io.lbtk.testkit.servers.DirectoryServer;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract, for one structure. */
abstract class RedisContract extends DirectoryContract {

  @TempDir private static Path folder;
  private static RedisInstance redis;

  private final String key = RedisInstance.newKey();

  @BeforeAll
  static void startRedis() {
    redis = new RedisInstance(folder);
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  /** Makes the key hold these, within a transaction. */
  abstract void put(RedisCommands<String, String> commands, String key, List<Target> targets);

  /** Adds an entry that is no target. */
  abstract void putGarbage(RedisCommands<String, String> commands, String key);

  @Override
  protected DirectoryServer server() {
    return redis.process();
  }

  /** A long one of one structure is enough. */
  @Override
  protected Duration outage() {
    return Duration.ofSeconds(1);
  }

  @Override
  protected Refresher newRefresher(InetSocketAddress server) {
    return RedisRefresher.builder(RedisInstance.uri(server), key)
        .interval(Duration.ofMillis(50))
        .timeout(Duration.ofSeconds(2))
        .ttl(Duration.ofDays(1))
        .build();
  }

  @Override
  protected final void write(List<Target> targets) {
    RedisCommands<String, String> commands = redis.commands();
    List<String> old = commands.keys(key + "*");
    commands.multi();
    old.forEach(commands::del);
    if (!targets.isEmpty()) {
      put(commands, key, targets);
    }
    commands.exec();
  }

  @Override
  protected final void writeGarbage() {
    putGarbage(redis.commands(), key);
  }
}
