package io.lbtk.launcher.topology;

import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Section;
import io.lbtk.net.ListenAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listen addresses of all parts of a file; finds addresses that are used twice. */
final class ListenAddresses {

  private static final String OPTION = "listen";

  /** Key that uses an address, by protocol and address. */
  private final Map<String, String> keys = new HashMap<>();

  /** First address of each part. */
  private final Map<String, ListenAddress> firsts = new HashMap<>();

  /**
   * Adds the addresses of a part, if it has the option {@code listen}. An address of an earlier
   * part is a problem.
   *
   * @param section the settings as they are written
   * @param protocol {@code tcp} or {@code udp}, whose ports are independent
   * @param options the options of the part
   * @param settings the values of the options
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
      return; // reported elsewhere, or in the format of a third-party plugin
    }
    firsts.putIfAbsent(section.part(), address);
    if (address.port() == 0) {
      return; // the kernel chooses a free one
    }
    String earlier = keys.putIfAbsent(protocol + " " + address, section.part() + "." + option);
    if (earlier != null) {
      section.problem(
          option,
          ": %s is the address of %s already (expected: each listens on its own)"
              .formatted(section.shown(option, address.toString()), earlier));
    }
  }

  /** Returns the first address of a part such as {@code generator.main}, if it has one. */
  Optional<ListenAddress> first(String part) {
    return Optional.ofNullable(firsts.get(part));
  }
}
