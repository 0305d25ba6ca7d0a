package io.lbtk.launcher.topology;

import io.lbtk.api.Target;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registration says that it registers: a target as it is written everywhere, or a part of
 * the same settings in the place of {@code host:port}.
 *
 * @param text as it is written: {@code generator:main priority=1}
 */
record AnnouncedTarget(String text) {

  private static final Pattern PART =
      Pattern.compile("(generator|proxy|echo):([A-Za-z0-9_-]+)(\\s.*)?", Pattern.DOTALL);

  /** What is wrong with a part that {@link #isEveryAddress listens} on no address in particular. */
  static final String LISTENS_EVERYWHERE =
      "it listens on every address of this machine (expected: host:port, as others are to reach"
          + " it)";

  /** Whether a part that listens there says nothing of where others find it. */
  static boolean isEveryAddress(String host) {
    return host.equals("0.0.0.0") || host.equals("*") || host.matches("[0:]+");
  }

  /** The part that it names, if it may name one: {@code generator.main}. */
  Optional<String> part() {
    Matcher part = PART.matcher(text.strip());
    return part.matches() ? Optional.of(part.group(1) + "." + part.group(2)) : Optional.empty();
  }

  /**
   * The target, with the address in the place of the part.
   *
   * @throws IllegalArgumentException if what stands behind the part is not understood
   */
  Target at(Target address) {
    Matcher part = PART.matcher(text.strip());
    String rest = part.matches() && part.group(3) != null ? part.group(3) : "";
    return Target.parse(address + rest);
  }
}
