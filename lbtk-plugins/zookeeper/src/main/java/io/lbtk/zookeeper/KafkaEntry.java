package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import io.lbtk.discovery.json.EntryValue;
import io.lbtk.discovery.json.JsonNumber;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Kafka broker. One without a listener in plain text has no host of its own, only endpoints. */
final class KafkaEntry implements JsonEntry.Reader {

  private static final String SCHEME_END = "://";

  /** In place of the port of a broker that has no host either. */
  private static final JsonNumber NO_PORT = new JsonNumber("-1");

  private final @Nullable String listener;

  /**
   * Reads brokers.
   *
   * @param listener the name of one of its endpoints; null for the broker's own address, or else
   *     its first endpoint
   */
  KafkaEntry(@Nullable String listener) {
    this.listener = listener;
  }

  static boolean isOne(JsonEntry entry) {
    return entry.has("jmx_port") || entry.has("endpoints");
  }

  @Override
  public Optional<Target> read(String name, JsonEntry entry) {
    boolean hasAddress = entry.at("/host") != null && !NO_PORT.equals(entry.at("/port"));
    return Optional.of(
        listener == null && hasAddress ? entry.target("/host", "/port") : endpoint(entry));
  }

  private Target endpoint(JsonEntry entry) {
    for (Object endpoint : EntryValue.array("endpoints", entry.at("/endpoints"))) {
      String text = EntryValue.text("endpoint", endpoint);
      int end = text.indexOf(SCHEME_END);
      if (end >= 0 && (listener == null || listener.equals(text.substring(0, end)))) {
        return Target.parse(text.substring(end + SCHEME_END.length()));
      }
    }
    throw new IllegalArgumentException(
        "no endpoint (expected: one such as %s://host:9092)"
            .formatted(listener == null ? "PLAINTEXT" : listener));
  }
}
