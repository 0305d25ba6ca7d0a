package io.lbtk.launcher.topology;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Section;
import io.lbtk.net.ListenAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the parts of a file listen: no address is for two of them. */
final class ListenAddresses {

  private static final String OPTION = "listen";

  /** The key that wants it, by protocol and address. */
  private final Map<String, String> keys = new HashMap<>();

  /** The first of each part. */
  private final Map<String, ListenAddress> firsts = new HashMap<>();

  /**
   * Adds the addresses of a part, if it has the option {@code listen}. One that an earlier part has
   * is a problem.
   *
   * @param protocol {@code tcp} or {@code udp}: the ports of one are not those of the other
   */
  void add(Section section, String protocol, List<Option<?>> options, Settings settings) {
    for (Option<?> option : options) {
      if (option.name().equals(OPTION)) {
        settings.find(option).ifPresent(value -> addAll(section, protocol, option, value));
      }
    }
  }

  private void addAll(Section section, String protocol, Option<?> option, Object value) {
    List<?> values = value instanceof List<?> list ? list : List.of(value);
    values.forEach(one -> add(section, protocol, option, one.toString()));
  }

  private void add(Section section, String protocol, Option<?> option, String text) {
    ListenAddress address;
    try {
      address = ListenAddress.parse(text.substring(text.lastIndexOf('/') + 1));
    } catch (IllegalArgumentException e) {
      return; // a problem of its own, or a stranger's way to write one
    }
    firsts.putIfAbsent(section.part(), address);
    if (address.port() == 0) {
      return; // each gets another from the kernel
    }
    String earlier = keys.putIfAbsent(protocol + " " + address, section.part() + "." + option);
    if (earlier != null) {
      section.problem(
          option,
          ": %s is the address of %s already (expected: each listens on its own)"
              .formatted(section.shown(option, address.toString()), earlier));
    }
  }

  /** The address of a part, {@code generator.main}, or the first of several, if it has one. */
  Optional<ListenAddress> first(String part) {
    return Optional.ofNullable(firsts.get(part));
  }
}
