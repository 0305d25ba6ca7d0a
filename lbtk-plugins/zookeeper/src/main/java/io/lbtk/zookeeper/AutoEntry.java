package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A child of whatever format, told by its data. */
final class AutoEntry implements EntryFormat {

  private final EntryFormat name = new NameEntry();
  private final EntryFormat text = new TextEntry();
  private final EntryFormat json;

  /**
   * Reads children.
   *
   * @param endpoint for those that have several
   */
  AutoEntry(@Nullable String endpoint) {
    JsonEntry.Reader serverset = new ServersetEntry(endpoint);
    JsonEntry.Reader curator = new CuratorEntry();
    JsonEntry.Reader kafka = new KafkaEntry(endpoint);
    JsonEntry.Reader nerve = new NerveEntry();
    this.json =
        JsonEntry.of(
            (child, entry) -> {
              JsonEntry.Reader reader =
                  ServersetEntry.isOne(entry)
                      ? serverset
                      : CuratorEntry.isOne(entry)
                          ? curator
                          : KafkaEntry.isOne(entry) ? kafka : nerve;
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
