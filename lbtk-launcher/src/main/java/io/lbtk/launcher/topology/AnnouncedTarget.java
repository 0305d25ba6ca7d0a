package io.lbtk.launcher.topology;

import io.lbtk.api.Target;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A target to register: {@code host:port} with attributes, or a part of the same settings in place
 * of {@code host:port}.
 *
 * @param text the text as it is written: {@code generator:main priority=1}
 */
record AnnouncedTarget(String text) {

  private static final Pattern PART =
      Pattern.compile("(generator|proxy|echo):([A-Za-z0-9_-]+)(\\s.*)?", Pattern.DOTALL);

  /** The problem of a part that {@link #isEveryAddress listens} on a wildcard address. */
  static final String LISTENS_EVERYWHERE =
      "it listens on every address of this machine (expected: host:port, as others are to reach"
          + " it)";

  /** Returns true if the host is a wildcard address, which others cannot connect to. */
  static boolean isEveryAddress(String host) {
    return host.equals("0.0.0.0") || host.equals("*") || host.matches("[0:]+");
  }

  /** Returns the part that the text names, if it has the form of one: {@code generator.main}. */
  Optional<String> part() {
    Matcher part = PART.matcher(text.strip());
    return part.matches() ? Optional.of(part.group(1) + "." + part.group(2)) : Optional.empty();
  }

  /**
   * Returns the target, with the address in place of the part.
   *
   * @throws IllegalArgumentException if the text after the part is malformed
   */
  Target at(Target address) {
    Matcher part = PART.matcher(text.strip());
    String rest = part.matches() && part.group(3) != null ? part.group(3) : "";
    return Target.parse(address + rest);
  }
}
