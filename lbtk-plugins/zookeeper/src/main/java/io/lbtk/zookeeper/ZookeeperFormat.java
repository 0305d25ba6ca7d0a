package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Format of the targets in the children of a node. */
public enum ZookeeperFormat {
  /** Detected for each child: its name if it has no data, else text or one of the JSON formats. */
  AUTO,
  /** Text data: {@code host:port}, then {@code key=value} pairs; or {@code host:port:weight}. */
  TEXT,
  /** The name is {@code host:port}; data is never read. */
  NAME,
  /** JSON of Curator's service discovery, also used by Spring Cloud ZooKeeper. */
  CURATOR,
  /** JSON of a member of a serverset, as written by Finagle and Aurora. */
  SERVERSET,
  /** JSON with {@code host}, {@code port} and optionally {@code weight}, as written by Nerve. */
  NERVE,
  /** JSON of a Kafka broker, below {@code /brokers/ids}. */
  KAFKA;

  /**
   * Returns a reader of this format.
   *
   * @param endpoint the name of the endpoint to use; null for the first or main one
   */
  EntryFormat entries(@Nullable String endpoint) {
    return switch (this) {
      case AUTO -> new AutoEntry(endpoint);
      case TEXT -> new EntryFormat.Text();
      case NAME -> new EntryFormat.Name();
      case CURATOR -> JsonEntry.of(new JsonEntry.Curator());
      case SERVERSET -> JsonEntry.of(new JsonEntry.Serverset(endpoint));
      case NERVE -> JsonEntry.of(new JsonEntry.Nerve());
      case KAFKA -> JsonEntry.of(new JsonEntry.Kafka(endpoint));
    };
  }

  /** Detects the format of each child by its data. */
  private static final class AutoEntry implements EntryFormat {

    private final EntryFormat name = new EntryFormat.Name();
    private final EntryFormat text = new EntryFormat.Text();
    private final EntryFormat json;

    /**
     * Creates a reader.
     *
     * @param endpoint the endpoint of children with several ones
     */
    AutoEntry(@Nullable String endpoint) {
      JsonEntry.Reader serverset = new JsonEntry.Serverset(endpoint);
      JsonEntry.Reader curator = new JsonEntry.Curator();
      JsonEntry.Reader kafka = new JsonEntry.Kafka(endpoint);
      JsonEntry.Reader nerve = new JsonEntry.Nerve();
      this.json =
          JsonEntry.of(
              (child, entry) -> {
                JsonEntry.Reader reader =
                    JsonEntry.Serverset.matches(entry)
                        ? serverset
                        : JsonEntry.Curator.matches(entry)
                            ? curator
                            : JsonEntry.Kafka.matches(entry) ? kafka : nerve;
                return reader.read(child, entry);
              });
    }

    @Override
    public Optional<Target> read(String child, byte[] data) {
      int first = 0;
      while (first < data.length && data[first] >= 0 && data[first] <= ' ') {
        first++;
      }
      if (first == data.length) {
        return name.read(child, data);
      }
      return (data[first] == '{' ? json : text).read(child, data);
    }
  }
}
