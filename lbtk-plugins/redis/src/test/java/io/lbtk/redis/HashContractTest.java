package io.lbtk.redis;

import io.lbtk.api.Target;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

class HashContractTest extends RedisContract {

  @Override
  protected Duration outage() {
    return Duration.ofSeconds(10);
  }

  @Override
  void put(RedisCommands<String, String> commands, String key, List<Target> targets) {
    commands.hset(
        key, targets.stream().collect(Collectors.toMap(Target::hostPort, Target::toString)));
  }

  @Override
  void putGarbage(RedisCommands<String, String> commands, String key) {
    commands.hset(key, "garbage", "no target");
  }
}
