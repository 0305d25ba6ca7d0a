package io.lbtk.launcher.topology;

import io.lbtk.api.Option;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Provider;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.refresh.GuardOptions;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.Section;
import io.lbtk.core.settings.SettingsBinder;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the settings say there is to run: every part with its plugin and its values, and all names
 * checked. To read it finds every problem, and starts nothing.
 */
public final class Plan {

  final Map<String, PlannedPart<RefresherProvider>> refreshers = new LinkedHashMap<>();
  final Map<String, PlannedPart<PolicyProvider>> policies = new LinkedHashMap<>();
  final Map<String, PlannedGenerator> generators = new LinkedHashMap<>();
  final Map<String, PlannedPart<ProxyProvider>> proxies = new LinkedHashMap<>();
  final Map<String, Settings> echoes = new LinkedHashMap<>();

  private final SettingsBinder binder;
  private final PluginRegistry plugins;

  private Plan(SettingsBinder binder, PluginRegistry plugins) {
    this.binder = binder;
    this.plugins = plugins;
  }

  /**
   * A generator, with the transports that serve its tokens.
   *
   * @param settings its own options, and those of the transports
   */
  record PlannedGenerator(String part, Settings settings) {}

  /** The folder of plugins that the settings name, if they do. */
  public static Optional<Path> pluginsFolder(SettingsBinder binder) {
    return binder
        .single("plugins")
        .bind(List.of(PartOptions.PLUGINS_DIR))
        .find(PartOptions.PLUGINS_DIR);
  }

  /**
   * Reads the settings.
   *
   * @param plugins stays the caller's
   * @throws SettingsException with everything that is wrong
   */
  public static Plan read(SettingsBinder binder, PluginRegistry plugins) {
    Plan plan = new Plan(binder, plugins);
    pluginsFolder(binder);
    plan.readRefreshers();
    plan.readPolicies();
    plan.readGenerators();
    plan.readProxies();
    plan.readEchoes();
    binder.finish();
    binder.problems().throwIfAny();
    return plan;
  }

  PluginRegistry plugins() {
    return plugins;
  }

  private void readRefreshers() {
    for (Section section : binder.sections("refresher")) {
      planned(section, PluginKind.REFRESHER, PartOptions.REFRESHER_TYPE, GuardOptions.all())
          .ifPresent(part -> refreshers.put(section.name(), part));
    }
  }

  private void readPolicies() {
    for (Section section : binder.sections("policy")) {
      planned(section, PluginKind.POLICY, PartOptions.POLICY_TYPE, List.of())
          .ifPresent(part -> policies.put(section.name(), part));
    }
  }

  /** Finds the plugin that the type names, and binds its options and the common ones. */
  private <P extends Provider<?>> Optional<PlannedPart<P>> planned(
      Section section, PluginKind<P> kind, Option<String> type, List<Option<?>> common) {
    Optional<String> name = section.bind(List.of(type)).find(type);
    Optional<Plugin<P>> plugin = name.flatMap(word -> plugins.find(kind, word));
    if (plugin.isEmpty()) {
      name.ifPresent(word -> section.unknown(type, kind.toString(), word, names(kind)));
      section.ignoreRest();
      return Optional.empty();
    }
    List<Option<?>> options = new ArrayList<>(plugin.get().provider().options());
    options.addAll(common);
    Settings settings = section.bind(options);
    return Optional.of(new PlannedPart<>(section.part(), plugin.get(), settings));
  }

  private Set<String> names(PluginKind<?> kind) {
    return plugins.all(kind).keySet();
  }

  private void readGenerators() {
    Set<String> knownPolicies = new LinkedHashSet<>(policies.keySet());
    knownPolicies.addAll(names(PluginKind.POLICY));
    Set<String> knownRefreshers = sectionNames("refresher");
    for (Section section : binder.sections("generator")) {
      List<Option<?>> options =
          new ArrayList<>(
              List.of(
                  PartOptions.GENERATOR_REFRESHERS,
                  PartOptions.GENERATOR_POLICY,
                  PartOptions.GENERATOR_LISTEN));
      Settings own = section.bind(options);
      for (String name : own.find(PartOptions.GENERATOR_REFRESHERS).orElse(List.of())) {
        if (!knownRefreshers.contains(name)) {
          section.unknown(PartOptions.GENERATOR_REFRESHERS, "refresher", name, knownRefreshers);
        }
      }
      String policy = own.get(PartOptions.GENERATOR_POLICY);
      if (!knownPolicies.contains(policy) && !sectionNames("policy").contains(policy)) {
        section.unknown(PartOptions.GENERATOR_POLICY, "policy", policy, knownPolicies);
      } else if (!policies.containsKey(policy)) {
        checkPolicyWithoutOptions(section, policy);
      }
      for (URI uri : own.get(PartOptions.GENERATOR_LISTEN)) {
        transport(uri)
            .ifPresentOrElse(
                plugin -> options.addAll(plugin.provider().options()),
                () -> unknownScheme(section, PartOptions.GENERATOR_LISTEN, uri.toString()));
      }
      List<Option<?>> all = List.copyOf(new LinkedHashSet<>(options));
      generators.put(section.name(), new PlannedGenerator(section.part(), section.bind(all)));
    }
  }

  /** A policy that is named without a section of its own must not need one. */
  private void checkPolicyWithoutOptions(Section section, String policy) {
    plugins
        .find(PluginKind.POLICY, policy)
        .ifPresent(
            plugin -> {
              for (Option<?> option : plugin.provider().options()) {
                if (option.isRequired()) {
                  section.problem(
                      PartOptions.GENERATOR_POLICY,
                      ": this policy needs %s (expected: policy.NAME.type = %s with its options, and the NAME here)"
                          .formatted(option, policy));
                }
              }
            });
  }

  private Set<String> sectionNames(String kind) {
    Set<String> names = new LinkedHashSet<>();
    binder.sections(kind).forEach(section -> names.add(section.name()));
    return names;
  }

  Optional<Plugin<TokenTransportProvider>> transport(URI uri) {
    return plugins.find(PluginKind.TOKEN_TRANSPORT, uri.getScheme());
  }

  private void unknownScheme(Section section, Option<?> option, String uri) {
    section.problem(
        option,
        ": no token transport for %s (expected: one of %s, followed by host:port)"
            .formatted(
                uri,
                String.join(
                    ", ",
                    names(PluginKind.TOKEN_TRANSPORT).stream().map(n -> n + "://").toList())));
  }

  private void readProxies() {
    List<Option<?>> common = List.of(PartOptions.WINDOW, PartOptions.DRAIN_TIMEOUT);
    for (Section section : binder.sections("proxy")) {
      planned(section, PluginKind.PROXY, PartOptions.PROXY_TYPE, common)
          .ifPresent(
              part -> {
                checkTokens(section, part);
                proxies.put(section.name(), part);
              });
    }
  }

  private void checkTokens(Section section, PlannedPart<ProxyProvider> part) {
    for (Option<?> option : part.plugin().provider().options()) {
      if (option.name().equals("tokens")
          && part.settings().find(option).orElse(null) instanceof List<?> names) {
        for (Object name : names) {
          checkTokens(section, option, names.size(), String.valueOf(name));
        }
      }
    }
  }

  private void checkTokens(Section section, Option<?> option, int count, String name) {
    if (!name.contains("://")) {
      if (!generators.containsKey(name)) {
        section.unknown(option, "generator", name, generators.keySet());
      } else if (count > 1) {
        section.problem(
            option, ": a generator of these settings stands alone (expected: one, or URIs)");
      }
      return;
    }
    try {
      if (transport(URI.create(name)).isEmpty()) {
        unknownScheme(section, option, name);
      }
    } catch (IllegalArgumentException e) {
      section.problem(option, ": " + name + " is no URI (expected: such as tcp://127.0.0.1:1024)");
    }
  }

  private void readEchoes() {
    for (Section section : binder.sections("echo")) {
      echoes.put(
          section.name(),
          section.bind(
              List.of(PartOptions.ECHO_LISTEN, PartOptions.ECHO_TYPE, PartOptions.ECHO_LOOPS)));
    }
  }

  /** Default values for options, where the settings have no place for others. */
  static Settings defaults(List<Option<?>> options) {
    return new SettingsBinder(List.of(), name -> null, new Problems())
        .single("default")
        .bind(options);
  }
}
