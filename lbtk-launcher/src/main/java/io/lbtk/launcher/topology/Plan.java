package io.lbtk.launcher.topology;

import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Provider;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.health.HealthSettings;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.refresh.GuardOptions;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.Section;
import io.lbtk.core.settings.SettingsBinder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The parts that the settings define, each with its plugin and its values, with all names checked.
 * Reading a plan finds every problem, and starts nothing.
 */
public final class Plan {

  /** Time to close all parts after a drain. */
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

  final Map<String, PlannedPart<RefresherProvider>> refreshers = new LinkedHashMap<>();
  final Map<String, PlannedPart<PolicyProvider>> policies = new LinkedHashMap<>();
  final Map<String, PlannedGenerator> generators = new LinkedHashMap<>();
  final Map<String, PlannedPart<ProxyProvider>> proxies = new LinkedHashMap<>();
  final Map<String, PlannedEcho> echoes = new LinkedHashMap<>();
  final Map<String, PlannedPart<HealthCheckProvider>> healthChecks = new LinkedHashMap<>();
  final Map<String, PlannedPart<RegistrarProvider>> registrations = new LinkedHashMap<>();

  /** Full names of parts that another part uses: {@code refresher.backends}. */
  private final Set<String> used = new HashSet<>();

  private final ListenAddresses listens = new ListenAddresses();
  private final SettingsBinder binder;
  private final PluginRegistry plugins;

  private Plan(SettingsBinder binder, PluginRegistry plugins) {
    this.binder = binder;
    this.plugins = plugins;
  }

  /**
   * A generator, with the transports that serve its tokens.
   *
   * @param section the settings as they are written
   * @param settings the options of the generator and of the transports
   */
  record PlannedGenerator(Section section, Settings settings) {

    /** Its whole name: {@code generator.main}. */
    String part() {
      return section.part();
    }
  }

  /**
   * An echo server.
   *
   * @param section the settings as they are written
   * @param settings its options
   */
  record PlannedEcho(Section section, Settings settings) {

    /** Its whole name: {@code echo.demo}. */
    String part() {
      return section.part();
    }
  }

  /** Records that a part uses another. A part does not use itself. */
  void use(String user, String part) {
    if (!user.equals(part)) {
      used.add(part);
    }
  }

  /**
   * Returns a message for each part that no other part uses, with its place in the file, in the
   * order of the kinds.
   */
  public List<String> unused() {
    List<String> sentences = new ArrayList<>();
    addUnused(
        "refresher", refreshers.keySet(), "its name in a generator, proxy or refresher", sentences);
    addUnused("policy", policies.keySet(), "generator.NAME.policy = %s", sentences);
    addUnused(
        "generator",
        generators.keySet().stream().filter(name -> !listens("generator." + name)).toList(),
        "listen, or proxy.NAME.tokens = %s",
        sentences);
    addUnused("health", healthChecks.keySet(), "register.NAME.check = %s", sentences);
    return sentences;
  }

  private void addUnused(
      String kind, Collection<String> names, String expected, List<String> sentences) {
    for (String name : names) {
      String part = kind + "." + name;
      if (!used.contains(part)) {
        sentences.add(
            located(
                "%s: nothing uses it (expected: %s)".formatted(part, expected.formatted(name))));
      }
    }
  }

  /** Returns the number of parts of the same kind. */
  int siblings(String part) {
    String kind = part.substring(0, part.indexOf('.'));
    return switch (kind) {
      case "refresher" -> refreshers.size();
      case "generator" -> generators.size();
      case "proxy" -> proxies.size();
      default -> 1;
    };
  }

  /** Returns the folder of plugins that the settings name, if any. */
  public static Optional<Path> pluginsFolder(SettingsBinder binder) {
    return binder
        .single("plugins")
        .bind(List.of(PartOptions.PLUGINS_DIR))
        .find(PartOptions.PLUGINS_DIR);
  }

  /**
   * Reads the settings.
   *
   * @param binder the settings
   * @param plugins the plugins, which the caller closes
   * @throws SettingsException with all problems
   */
  public static Plan read(SettingsBinder binder, PluginRegistry plugins) {
    Plan plan = new Plan(binder, plugins);
    pluginsFolder(binder);
    plan.readRefreshers();
    plan.readPolicies();
    plan.readGenerators();
    plan.readProxies();
    plan.readEchoes();
    plan.readHealthChecks();
    plan.readRegistrations();
    Topology.tryParts(plan, binder::problem);
    binder.finish();
    binder.problems().throwIfAny();
    return plan;
  }

  /**
   * Returns the longest time of an orderly shutdown: the longest {@code drain-timeout}, the time to
   * withdraw registrations, and some seconds to close.
   */
  public Duration endLimit() {
    Duration drain =
        proxies.values().stream()
            .map(proxy -> proxy.settings().get(PartOptions.DRAIN_TIMEOUT))
            .max(Comparator.naturalOrder())
            .orElse(Duration.ZERO);
    Duration withdraw = registrations.isEmpty() ? Duration.ZERO : Topology.WITHDRAW_TIME;
    return drain.plus(withdraw).plus(CLOSE_TIME);
  }

  PluginRegistry plugins() {
    return plugins;
  }

  /** Returns the options that every part of a kind has, besides those of its plugin. */
  public static List<Option<?>> commonOptions(PluginKind<?> kind) {
    if (kind == PluginKind.REFRESHER) {
      return GuardOptions.all();
    }
    if (kind == PluginKind.PROXY) {
      return List.of(PartOptions.WINDOW, PartOptions.DRAIN_TIMEOUT);
    }
    if (kind == PluginKind.HEALTH_CHECK) {
      return HealthSettings.options();
    }
    return kind == PluginKind.REGISTRAR
        ? List.of(PartOptions.REGISTER_TARGET, PartOptions.REGISTER_CHECK)
        : List.of();
  }

  /**
   * Returns a text that begins with the name of a part, preceded by the file and line of that part.
   */
  String located(String text) {
    return binder.located(text);
  }

  /** Returns true if there is a part of this kind and name whose settings are invalid. */
  boolean isFaulty(String kind, String name) {
    return binder.sections(kind).stream()
        .anyMatch(section -> section.name().equals(name) && section.isFaulty());
  }

  /** Returns the names of all refreshers, including those with invalid settings. */
  Set<String> refresherNames() {
    return sectionNames("refresher");
  }

  private void readRefreshers() {
    for (Section section : binder.sections("refresher")) {
      planned(section, PluginKind.REFRESHER, PartOptions.REFRESHER_TYPE)
          .ifPresent(part -> refreshers.put(section.name(), part));
    }
  }

  private void readPolicies() {
    for (Section section : binder.sections("policy")) {
      planned(section, PluginKind.POLICY, PartOptions.POLICY_TYPE)
          .ifPresent(part -> policies.put(section.name(), part));
    }
  }

  /** Finds the plugin that the type names, and binds its options and the common ones. */
  private <P extends Provider<?>> Optional<PlannedPart<P>> planned(
      Section section, PluginKind<P> kind, Option<String> type) {
    Optional<String> name = section.bind(List.of(type)).find(type);
    Optional<Plugin<P>> plugin = name.flatMap(word -> plugins.find(kind, word));
    if (plugin.isEmpty()) {
      name.ifPresent(word -> section.unknown(type, kind.toString(), word, names(kind)));
      section.ignoreRest();
      return Optional.empty();
    }
    Settings settings = section.bind(options(plugin.get(), kind));
    return Optional.of(new PlannedPart<>(section, plugin.get(), settings));
  }

  private static List<Option<?>> options(Plugin<?> plugin, PluginKind<?> kind) {
    List<Option<?>> options = new ArrayList<>(plugin.provider().options());
    options.addAll(commonOptions(kind));
    return options;
  }

  private Set<String> names(PluginKind<?> kind) {
    return plugins.all(kind).keySet();
  }

  private void readGenerators() {
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
      use(section.part(), "policy." + own.get(PartOptions.GENERATOR_POLICY));
      checkNamed(
          section,
          PartOptions.GENERATOR_POLICY,
          PluginKind.POLICY,
          "policy",
          own.get(PartOptions.GENERATOR_POLICY));
      for (URI uri : own.get(PartOptions.GENERATOR_LISTEN)) {
        checkUri(section, PartOptions.GENERATOR_LISTEN, uri, TokenTransportProvider::checkPublish);
        transport(uri).ifPresent(plugin -> options.addAll(plugin.provider().options()));
      }
      listens.add(section, "tcp", List.of(PartOptions.GENERATOR_LISTEN), own);
      List<Option<?>> all = List.copyOf(new LinkedHashSet<>(options));
      generators.put(section.name(), new PlannedGenerator(section, section.bind(all)));
    }
  }

  /**
   * Checks that an option names a part, or a plugin that needs no part.
   *
   * @param section the settings of the part
   * @param option the option
   * @param kind the kind of the plugin
   * @param sections the kind of such parts: {@code policy}
   * @param name the value of the option
   */
  private void checkNamed(
      Section section, Option<?> option, PluginKind<?> kind, String sections, String name) {
    if (sectionNames(sections).contains(name)) {
      return;
    }
    Optional<? extends Plugin<?>> plugin = plugins.find(kind, name);
    if (plugin.isEmpty()) {
      Set<String> known = new LinkedHashSet<>(sectionNames(sections));
      known.addAll(names(kind));
      section.unknown(option, kind.toString(), name, known);
      return;
    }
    for (Option<?> needed : plugin.get().provider().options()) {
      if (needed.isRequired()) {
        section.problem(
            option,
            ": this %s needs %s (expected: %s.NAME.type = %s with its options, and the NAME here)"
                .formatted(kind, needed, sections, name));
      }
    }
  }

  private Set<String> sectionNames(String kind) {
    Set<String> names = new LinkedHashSet<>();
    binder.sections(kind).forEach(section -> names.add(section.name()));
    return names;
  }

  Optional<Plugin<TokenTransportProvider>> transport(URI uri) {
    return plugins.find(PluginKind.TOKEN_TRANSPORT, uri.getScheme());
  }

  /** Checks that there is a transport for the URI, and that it accepts the address. */
  private void checkUri(
      Section section, Option<?> option, URI uri, BiConsumer<TokenTransportProvider, URI> check) {
    String shown = section.shown(option, uri.toString());
    Optional<Plugin<TokenTransportProvider>> plugin = transport(uri);
    if (plugin.isEmpty()) {
      section.problem(
          option,
          ": no token transport for %s (expected: one of %s, followed by host:port)"
              .formatted(
                  shown,
                  String.join(
                      ", ",
                      names(PluginKind.TOKEN_TRANSPORT).stream().map(n -> n + "://").toList())));
      return;
    }
    try {
      check.accept(plugin.get().provider(), uri);
    } catch (IllegalArgumentException e) {
      section.problem(option, ": %s is no address (%s)".formatted(shown, e.getMessage()));
    }
  }

  private void readProxies() {
    for (Section section : binder.sections("proxy")) {
      planned(section, PluginKind.PROXY, PartOptions.PROXY_TYPE)
          .ifPresent(
              part -> {
                checkTokens(section, part);
                listens.add(
                    section,
                    part.plugin().provider().protocol(),
                    part.plugin().provider().options(),
                    part.settings());
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

  private void checkTokensOfRefresher(Section section, Option<?> option, int count, String name) {
    String refresher = TokenSources.refresherName(name);
    use(section.part(), "refresher." + refresher);
    if (!refresherNames().contains(refresher)) {
      section.unknown(option, "refresher", refresher, refresherNames());
    } else if (count > 1) {
      section.problem(option, ": a refresher stands alone (expected: one, or URIs)");
    }
  }

  private void checkTokens(Section section, Option<?> option, int count, String name) {
    if (TokenSources.isRefresher(name)) {
      checkTokensOfRefresher(section, option, count, name);
      return;
    }
    if (!name.contains("://")) {
      use(section.part(), "generator." + name);
      if (!generators.containsKey(name)) {
        section.unknown(option, "generator", name, generators.keySet());
      } else if (count > 1) {
        section.problem(
            option, ": a generator of these settings stands alone (expected: one, or URIs)");
      }
      return;
    }
    URI uri;
    try {
      uri = URI.create(name);
    } catch (IllegalArgumentException e) {
      section.problem(
          option,
          ": %s is no URI (expected: such as tcp://127.0.0.1:1024)"
              .formatted(section.shown(option, name)));
      return;
    }
    checkUri(section, option, uri, TokenTransportProvider::checkConnect);
  }

  private void readEchoes() {
    for (Section section : binder.sections("echo")) {
      Settings settings =
          section.bind(
              List.of(
                  PartOptions.ECHO_LISTEN,
                  PartOptions.ECHO_TYPE,
                  PartOptions.ECHO_LOOPS,
                  PartOptions.ECHO_GREET));
      String protocol = settings.get(PartOptions.ECHO_TYPE).protocol();
      listens.add(section, protocol, List.of(PartOptions.ECHO_LISTEN), settings);
      echoes.put(section.name(), new PlannedEcho(section, settings));
    }
  }

  private void readHealthChecks() {
    for (Section section : binder.sections("health")) {
      planned(section, PluginKind.HEALTH_CHECK, PartOptions.HEALTH_TYPE)
          .ifPresent(part -> healthChecks.put(section.name(), part));
    }
  }

  private void readRegistrations() {
    for (Section section : binder.sections("register")) {
      planned(section, PluginKind.REGISTRAR, PartOptions.REGISTER_TYPE)
          .ifPresent(
              part -> {
                part.settings()
                    .find(PartOptions.REGISTER_TARGET)
                    .ifPresent(text -> checkTarget(section, text));
                part.settings()
                    .find(PartOptions.REGISTER_CHECK)
                    .ifPresent(
                        name -> {
                          use(section.part(), "health." + name);
                          checkNamed(
                              section,
                              PartOptions.REGISTER_CHECK,
                              PluginKind.HEALTH_CHECK,
                              "health",
                              name);
                        });
                registrations.put(section.name(), part);
              });
    }
  }

  private void checkTarget(Section section, String text) {
    AnnouncedTarget announced = new AnnouncedTarget(text);
    try {
      Optional<String> part = announced.part().filter(this::listens);
      Target unused =
          part.isPresent() ? announced.at(Target.of("host", 1)) : Target.parse(announced.text());
    } catch (IllegalArgumentException e) {
      section.problem(PartOptions.REGISTER_TARGET, ": %s%s".formatted(e.getMessage(), listening()));
    }
    announced
        .part()
        .flatMap(listens::first)
        .filter(address -> AnnouncedTarget.isEveryAddress(address.host()))
        .ifPresent(
            address ->
                section.problem(
                    PartOptions.REGISTER_TARGET, ": " + AnnouncedTarget.LISTENS_EVERYWHERE));
  }

  /** Returns the parts that may replace an address, for an error. */
  private String listening() {
    List<String> parts =
        Stream.of(
                generators.keySet().stream().map("generator."::concat),
                proxies.keySet().stream().map("proxy."::concat),
                echoes.keySet().stream().map("echo."::concat))
            .flatMap(Function.identity())
            .filter(this::listens)
            .map(part -> part.replaceFirst("\\.", ":"))
            .toList();
    return parts.isEmpty() ? "" : ", or a part that listens: " + String.join(", ", parts);
  }

  /** Returns the check that a part names: one of these settings, or a plugin with its defaults. */
  PlannedPart<HealthCheckProvider> healthCheck(PlannedPart<?> asker, String name) {
    PlannedPart<HealthCheckProvider> planned = healthChecks.get(name);
    if (planned != null) {
      return planned;
    }
    Plugin<HealthCheckProvider> plugin = plugins.find(PluginKind.HEALTH_CHECK, name).orElseThrow();
    Settings settings = defaults(options(plugin, PluginKind.HEALTH_CHECK));
    return new PlannedPart<>(asker.section(), plugin, settings);
  }

  /** Returns true if a part such as {@code generator.main} exists and listens. */
  boolean listens(String part) {
    String name = part.substring(part.indexOf('.') + 1);
    return switch (part.substring(0, part.indexOf('.'))) {
      case "generator" ->
          generators.containsKey(name)
              && !generators.get(name).settings().get(PartOptions.GENERATOR_LISTEN).isEmpty();
      case "proxy" -> proxies.containsKey(name);
      case "echo" -> echoes.containsKey(name);
      default -> false;
    };
  }

  /** Returns the default values of options. */
  static Settings defaults(List<Option<?>> options) {
    return new SettingsBinder(List.of(), name -> null, new Problems())
        .single("default")
        .bind(options);
  }
}
