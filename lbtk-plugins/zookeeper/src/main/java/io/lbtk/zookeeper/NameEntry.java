package io.lbtk.zookeeper;

import io.lbtk.api.Target;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A child whose name is {@code host:port}. */
final class NameEntry implements EntryFormat {

  /** Solr adds the path of its service. */
  private static final Pattern HOST_AND_PORT = Pattern.compile("(\\S+:\\d+)(_.*)?");

  @Override
  public boolean needsData() {
    return false;
  }

  @Override
  public Optional<Target> read(String name, byte[] data) {
    Matcher matcher = HOST_AND_PORT.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no address (expected: a name that is host:port)");
    }
    return Optional.of(Target.parse(matcher.group(1)));
  }
}
