package io.lbtk.redis;

/** Use of keyspace notifications by a refresher, which reads at intervals in any case. */
public enum NotifyMode {
  /** Listens, and logs at level info if the server sends none. */
  AUTO,
  /** Listens, and warns if the server sends none. */
  ON,
  /** Does not listen. */
  OFF
}
