package io.lbtk.redis;

import java.util.stream.Collectors;

/** What {@code notify-keyspace-events} must hold for the changes of a structure to be told. */
final class EventFlags {

  private EventFlags() {}

  /** The flags that are wanted: K for events by key, g for deletion, and those of the type. */
  static String wanted(RedisFormat format) {
    return switch (format) {
      case HASH -> "Kgh";
      case SET -> "Kgs";
      case ZSET -> "Kgz";
      case KEYS -> "Kg$x";
      case AUTO -> "Kghsz$x";
    };
  }

  /** Those of the wanted flags that the server has not set; empty if it has all. */
  static String missing(String wanted, String set) {
    String all = set.replace("A", "g$lshzxetd");
    return wanted
        .chars()
        .filter(flag -> all.indexOf(flag) < 0)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
