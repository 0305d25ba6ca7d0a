package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;

/** An instance as SmartStack's Nerve writes it. */
final class NerveEntry implements JsonEntry.Reader {

  @Override
  public Optional<Target> read(String name, JsonEntry entry) {
    return Optional.of(entry.weighted(entry.target("/host", "/port"), "/weight"));
  }
}
