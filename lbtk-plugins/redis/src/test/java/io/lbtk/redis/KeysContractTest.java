package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;

class KeysContractTest extends RedisContract {

  @Override
  void put(RedisCommands<String, String> commands, String key, List<Target> targets) {
    targets.forEach(target -> commands.set(key + ":" + target.hostPort(), target.toString()));
  }

  @Override
  void putGarbage(RedisCommands<String, String> commands, String key) {
    commands.set(key + ":garbage", "no target");
  }
}
