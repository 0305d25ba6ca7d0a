package io.lbtk.redis;

import io.lettuce.core.api.sync.RedisCommands;

/** A way in which targets stand in Redis. Used by one thread at a time. */
interface Structure {

  /**
   * Reads all of it, once; a key that does not exist holds nothing.
   *
   * @throws io.lettuce.core.RedisException if it cannot be read whole
   */
  void read(RedisCommands<EntryText, EntryText> commands, Entries entries);
}
