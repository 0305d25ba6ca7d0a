package io.lbtk.redis;

/** Structure of the targets in Redis. */
public enum RedisFormat {
  /** Detected from the type of the key; {@link #KEYS} if it does not exist. */
  AUTO,
  /** A hash: one field per target, whose value is a weight or the target as text. */
  HASH,
  /** A set, whose members are targets as text. */
  SET,
  /** A sorted set, whose members are targets as text, and their scores the last heartbeats. */
  ZSET,
  /**
   * One key per target, which begins with the name and a colon, and whose value is the target as
   * text.
   */
  KEYS
}
