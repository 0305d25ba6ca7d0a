package io.lbtk.redis;

/** How targets stand in Redis. */
public enum RedisFormat {
  /** As the type of the key says; where the key is none, as {@link #KEYS}. */
  AUTO,
  /** A hash: a field for each target, whose value is a weight, or the target as text. */
  HASH,
  /** A set, whose members are targets as text. */
  SET,
  /** A sorted set, whose members are targets as text, and their scores the last heartbeats. */
  ZSET,
  /**
   * A key for each target, which begins with the name and a colon, and whose value is the target as
   * text.
   */
  KEYS
}
