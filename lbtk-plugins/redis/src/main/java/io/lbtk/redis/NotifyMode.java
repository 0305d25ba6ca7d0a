package io.lbtk.redis;

/** Whether a refresher listens to what Redis tells of changes; it reads at intervals anyway. */
public enum NotifyMode {
  /** It listens, and takes note in the log where the server tells nothing. */
  AUTO,
  /** It listens, and warns where the server tells nothing. */
  ON,
  /** It does not listen. */
  OFF
}
