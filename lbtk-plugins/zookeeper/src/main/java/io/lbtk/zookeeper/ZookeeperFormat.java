package io.lbtk.zookeeper;

import org.jspecify.annotations.Nullable;

/** How the children of a node say where the targets are. */
public enum ZookeeperFormat {
  /** Each child by itself: its name if it has no data, else a text or one of the JSONs below. */
  AUTO,
  /** Data as text: {@code host:port}, then {@code key=value} pairs; or {@code host:port:weight}. */
  TEXT,
  /** The name is {@code host:port}; data is never read. */
  NAME,
  /** JSON of an instance in Curator's service discovery, also of Spring Cloud ZooKeeper. */
  CURATOR,
  /** JSON of a member of a serverset, as Finagle and Aurora write it. */
  SERVERSET,
  /** JSON with {@code host}, {@code port} and perhaps {@code weight}, as Nerve writes it. */
  NERVE,
  /** JSON of a Kafka broker, below {@code /brokers/ids}. */
  KAFKA;

  /**
   * Reads children of this format.
   *
   * @param endpoint which one of several in one entry; null for the first, or the main one
   */
  EntryFormat entries(@Nullable String endpoint) {
    return switch (this) {
      case AUTO -> new AutoEntry(endpoint);
      case TEXT -> new TextEntry();
      case NAME -> new NameEntry();
      case CURATOR -> JsonEntry.of(new CuratorEntry());
      case SERVERSET -> JsonEntry.of(new ServersetEntry(endpoint));
      case NERVE -> JsonEntry.of(new NerveEntry());
      case KAFKA -> JsonEntry.of(new KafkaEntry(endpoint));
    };
  }
}
