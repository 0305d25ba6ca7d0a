package io.lbtk.proxy;

import io.lbtk.api.Provider;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The settings of a proxy, read as from a file, and what is wrong with them. */
final class ProxySettings {

  private final Problems problems = new Problems();

  /** The provider of this name, found as a host application finds it. */
  static ProxyProvider provider(String name) {
    return ServiceLoader.load(ProxyProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter((Provider<Proxy> provider) -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What these lines say to a provider; each is {@code option = value}. */
  Settings bind(ProxyProvider provider, String... lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" = ", 2);
      entries.add(
          new Entry("a.properties", entries.size() + 1, "proxy.front." + words[0], words[1]));
    }
    return new SettingsBinder(entries, name -> null, problems)
        .sections("proxy")
        .get(0)
        .bind(provider.options());
  }

  /** The same, of lines that are right. */
  Settings bindAll(ProxyProvider provider, String... lines) {
    Settings settings = bind(provider, lines);
    problems.throwIfAny();
    return settings;
  }

  /** What was wrong, a line for each. */
  List<String> problems() {
    return problems.list();
  }
}
