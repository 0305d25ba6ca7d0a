package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;

class SetContractTest extends RedisContract {

  @Override
  void put(RedisCommands<String, String> commands, String key, List<Target> targets) {
    commands.sadd(key, targets.stream().map(Target::toString).toArray(String[]::new));
  }

  @Override
  void putGarbage(RedisCommands<String, String> commands, String key) {
    commands.sadd(key, "no target");
  }
}
