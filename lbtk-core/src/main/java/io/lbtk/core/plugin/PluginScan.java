package io.lbtk.core.plugin;

import io.lbtk.api.Option;
import io.lbtk.api.Provider;
import io.lbtk.api.ProxyProvider;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the plugins of one kind in one class loader. A broken plugin does not hide the others. */
final class PluginScan<P extends Provider<?>> {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([+-][a-z0-9]+)*");

  /** An unreadable service file may give the same error endlessly. */
  private static final int MAX_FAULTS = 100;

  private final PluginKind<P> kind;
  private final ClassLoader loader;
  private final Consumer<String> broken;
  private final List<Plugin<P>> found = new ArrayList<>();

  private PluginScan(PluginKind<P> kind, ClassLoader loader, Consumer<String> broken) {
    this.kind = kind;
    this.loader = loader;
    this.broken = broken;
  }

  /**
   * Returns every plugin of the kind that this class loader finds.
   *
   * @param broken the consumer of a message for each plugin that cannot be loaded
   */
  static <P extends Provider<?>> List<Plugin<P>> of(
      PluginKind<P> kind, ClassLoader loader, Consumer<String> broken) {
    PluginScan<P> scan = new PluginScan<>(kind, loader, broken);
    ContextLoader.run(loader, scan::scan);
    return scan.found;
  }

  private void scan() {
    Iterator<P> providers = ServiceLoader.load(kind.type(), loader).iterator();
    int faults = 0;
    while (faults < MAX_FAULTS) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        add(providers.next());
      } catch (Throwable e) {
        faults++;
        report(PluginFault.sentence(e, kind));
      }
    }
  }

  private void add(P provider) {
    String type = provider.getClass().getName();
    try {
      add(provider, type);
    } catch (Throwable e) {
      report("%s fails when it is asked for its name or options: %s".formatted(type, e));
    }
  }

  private void add(P provider, String type) {
    @SuppressWarnings("NullAway") // third-party code may return null
    @Nullable String name = provider.name();
    if (name == null) {
      report(type + " has no name: name() returns null (expected: lower case with dashes)");
      return;
    }
    if (!NAME.matcher(name).matches()) {
      report("%s has the name \"%s\" (expected: lower case with dashes)".formatted(type, name));
      return;
    }
    if (provider instanceof ProxyProvider proxy && proxy.protocol() == null) {
      report(type + ": protocol() returns null (expected: tcp or udp)");
      return;
    }
    @SuppressWarnings("NullAway") // third-party code may return null
    @Nullable List<Option<?>> options = provider.options();
    if (options == null) {
      report(type + ": options() returns null (expected: a list, which may be empty)");
      return;
    }
    Set<String> names = new HashSet<>();
    for (Option<?> option : options) {
      if (!names.add(option.name())) {
        report("%s declares the option \"%s\" twice".formatted(type, option.name()));
        return;
      }
    }
    found.add(Plugin.of(name, provider));
  }

  private void report(String sentence) {
    String where = loader instanceof PluginClassLoader own ? own.getName() + ": " : "";
    broken.accept("%s%s (a %s that is not used)".formatted(where, sentence, kind));
  }
}
