package io.lbtk.launcher;

import io.lbtk.api.Option;
import io.lbtk.api.Provider;
import io.lbtk.api.SettingsException;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.settings.Suggestion;
import io.lbtk.launcher.topology.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Lists plugins and their options. */
@Command(
    name = "plugins",
    description = "Lists the plugins; with a name, its options with types, defaults and meaning.")
final class PluginsCommand implements Callable<Integer> {

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "The name of a plugin")
  private @Nullable String name;

  @Override
  public Integer call() {
    try (PluginRegistry plugins = Launch.plugins(lbtk.common().plugins())) {
      List<String> lines = new ArrayList<>();
      List<String> problems = new ArrayList<>();
      Collection<String> names = new TreeSet<>();
      for (PluginKind<?> kind : PluginKind.ALL) {
        try {
          Collection<? extends Plugin<?>> found = plugins.all(kind).values();
          found.forEach(plugin -> names.add(plugin.name()));
          describe(kind, found, lines);
        } catch (SettingsException e) {
          problems.addAll(e.problems());
        }
      }
      if (name != null && !names.contains(name)) {
        throw new UsageException(
            "NAME = %s: no plugin of this name%s"
                .formatted(name, Suggestion.forUnknown(name, names)));
      }
      new Output().print(lines);
      Screen.say(problems);
      return problems.isEmpty() && plugins.faults().isEmpty() ? Exit.OK : Exit.PROBLEM;
    }
  }

  private void describe(
      PluginKind<?> kind, Collection<? extends Plugin<?>> found, List<String> lines) {
    if (name == null && !found.isEmpty()) {
      lines.add(kind.toString());
      found.forEach(
          plugin -> lines.add("  %-12s %s".formatted(plugin.name(), plugin.provider().doc())));
      return;
    }
    for (Plugin<?> plugin : found) {
      if (plugin.name().equals(name)) {
        describe(kind, plugin, lines);
      }
    }
  }

  private static void describe(PluginKind<?> kind, Plugin<?> plugin, List<String> lines) {
    Provider<?> provider = plugin.provider();
    lines.add("%s %s: %s".formatted(kind, plugin.name(), provider.doc()));
    lines.add("  from %s".formatted(plugin.location()));
    provider.options().forEach(option -> describe(option, lines));
    Plan.commonOptions(kind).forEach(option -> describe(option, lines));
  }

  private static <T> void describe(Option<T> option, List<String> lines) {
    StringJoiner facts = new StringJoiner(", ");
    facts.add(option.type());
    if (option.isRequired()) {
      facts.add("required");
    }
    option
        .defaultValue()
        .filter(value -> !option.isMap())
        .ifPresent(value -> facts.add("default " + option.print(value)));
    if (option.isSecret()) {
      facts.add("secret");
    }
    option.position().ifPresent(place -> facts.add("word %d of the command".formatted(place + 1)));
    lines.add("  %s (%s)".formatted(option.isMap() ? option.name() + ".KEY" : option, facts));
    if (!option.doc().isEmpty()) {
      lines.add("      " + option.doc());
    }
  }
}
