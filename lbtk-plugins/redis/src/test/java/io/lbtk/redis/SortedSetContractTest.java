package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Instant;
import java.util.List;

class SortedSetContractTest extends RedisContract {

  @Override
  void put(RedisCommands<String, String> commands, String key, List<Target> targets) {
    double now = Instant.now().toEpochMilli();
    targets.forEach(target -> commands.zadd(key, now, target.toString()));
  }

  @Override
  void putGarbage(RedisCommands<String, String> commands, String key) {
    commands.zadd(key, (double) Instant.now().toEpochMilli(), "no target");
  }
}
