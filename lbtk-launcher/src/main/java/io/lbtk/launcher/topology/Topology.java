package io.lbtk.launcher.topology;

import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Policy;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Provider;
import io.lbtk.api.Proxy;
import io.lbtk.api.ProxyProvider;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.RegistrarProvider;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.api.TokenSource;
import io.lbtk.api.TokenTransport;
import io.lbtk.api.TokenTransportProvider;
import io.lbtk.core.Generator;
import io.lbtk.core.health.HealthSettings;
import io.lbtk.core.plugin.Plugin;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.register.Registration;
import io.lbtk.core.settings.Section;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.echo.EchoServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running parts of a {@link Plan}. They are started in the order echo servers, generators,
 * proxies, registrations, and closed in reverse. If one cannot start, all are closed.
 *
 * <p>Thread-safe.
 */
public final class Topology implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Topology.class);

  private static final String GENERATOR = "generator.";

  /** Time that a drain waits for registrations to be withdrawn. */
  static final Duration WITHDRAW_TIME = Duration.ofSeconds(5);

  private final Plan plan;
  private final Consumer<Listener> listening;
  private final StandardInput input = new StandardInput();
  private final RefresherFactory refreshers;
  private final TokenSources tokenSources;
  private final Map<String, Generator> generators = new ConcurrentSkipListMap<>();
  private final Map<Proxy, Duration> proxies = new LinkedHashMap<>();
  private final List<Registration> registrations = new ArrayList<>();

  /** First address of each part, by its name. */
  private final Map<String, Bound> addresses = new ConcurrentHashMap<>();

  private final Deque<AutoCloseable> running = new ArrayDeque<>();

  private Topology(Plan plan, Consumer<Listener> listening) {
    this.plan = plan;
    this.listening = listening;
    this.refreshers = new RefresherFactory(plan, part -> newContext(part, 0), input);
    this.tokenSources =
        new TokenSources(
            plan,
            generators,
            (asker, name) -> refreshers.create(asker.name(), asker.name() + ".tokens", name));
    running.push(tokenSources);
  }

  /**
   * An address that clients connect to.
   *
   * @param part the part: {@code proxy.front}
   * @param address the address with the actual port: {@code 127.0.0.1:8080}
   * @param protocol the protocol: {@code tcp} or {@code udp}
   */
  public record Listener(String part, String address, String protocol) {}

  /**
   * Starts all parts of a plan.
   *
   * @param plan the plan
   * @param listening called for each listener that is up
   * @throws StartException if a part cannot start; it names every such part, and nothing is left
   *     running
   */
  public static Topology start(Plan plan, Consumer<Listener> listening) {
    Topology topology = new Topology(plan, listening);
    List<String> problems = topology.start();
    if (!problems.isEmpty()) {
      topology.close();
      throw new StartException(String.join("\n", problems.stream().map(plan::located).toList()));
    }
    return topology;
  }

  /**
   * Returns a topology that runs nothing, to create single parts of a plan.
   *
   * @return the topology, which the caller closes after those parts
   */
  public static Topology idle(Plan plan) {
    return new Topology(plan, listener -> {});
  }

  /**
   * Creates a refresher with its guards and does not start it.
   *
   * @return the refresher, which the caller closes
   * @throws SettingsException if there is none of that name, or its settings do not fit together
   * @throws StartException if it reads the standard input, which is closed
   */
  public synchronized Refresher refresher(String name) {
    String part = "refresher." + name;
    Refresher refresher = refreshers.create(part, part, name);
    input.checkOpen(part);
    return refresher;
  }

  /**
   * Creates a refresher without its guards and does not start it: it reports all that its source
   * gives, failures and suspicious lists included.
   *
   * @return the refresher, which the caller closes
   * @throws SettingsException as {@link #refresher}
   * @throws StartException as {@link #refresher}
   */
  public synchronized Refresher unguardedRefresher(String name) {
    String part = "refresher." + name;
    Refresher refresher = refreshers.createUnguarded(part, part, name);
    input.checkOpen(part);
    return refresher;
  }

  /**
   * Connects to one token port, without wrappers.
   *
   * @param part the name of the caller, for logs and errors
   * @param uri the URI of the port
   * @param executor the executor of the source
   * @return the token source, which the caller closes
   * @throws SettingsException if there is no transport for the URI
   */
  public synchronized RemoteTokenSource connect(String part, String uri, Executor executor) {
    return tokenSources.connect(newContext(part, 0), uri, executor);
  }

  /**
   * Creates every part and starts none, which finds problems of their combination. A part with an
   * invalid value is skipped.
   *
   * @param plan the plan
   * @param problem takes each message, which begins with the name of a part
   */
  static void tryParts(Plan plan, Consumer<String> problem) {
    try (Topology topology = idle(plan)) {
      plan.echoes
          .values()
          .forEach(planned -> tryPart(planned.section(), problem, () -> echo(planned).close()));
      plan.refreshers.forEach(
          (name, planned) ->
              tryPart(planned.section(), problem, () -> topology.tryRefresher(planned, name)));
      plan.generators
          .values()
          .forEach(
              planned ->
                  tryPart(
                      planned.section(), problem, () -> topology.tryGenerator(planned, problem)));
      plan.proxies
          .values()
          .forEach(
              planned ->
                  tryPart(planned.section(), problem, () -> topology.proxy(planned).close()));
      plan.healthChecks
          .values()
          .forEach(
              planned ->
                  tryPart(planned.section(), problem, () -> topology.create(planned).close()));
      plan.registrations
          .values()
          .forEach(
              planned ->
                  tryPart(planned.section(), problem, () -> topology.create(planned).close()));
    }
  }

  private void tryRefresher(PlannedPart<RefresherProvider> planned, String name) {
    refreshers.create(planned.part(), null, name).close();
  }

  private void tryGenerator(Plan.PlannedGenerator planned, Consumer<String> problem) {
    for (String name : planned.settings().get(PartOptions.GENERATOR_REFRESHERS)) {
      tryTo(planned.part(), problem, () -> refresherOf(planned, name).close());
    }
    String policy = planned.settings().get(PartOptions.GENERATOR_POLICY);
    if (!plan.isFaulty("policy", policy)) {
      policy(planned.part(), policy);
    }
  }

  private static void tryPart(Section section, Consumer<String> problem, Runnable make) {
    if (!section.isFaulty()) {
      tryTo(section.part(), problem, make);
    }
  }

  /** Runs an action for a part, and reports its failure as messages. */
  private static void tryTo(String part, Consumer<String> problem, Runnable make) {
    try {
      make.run();
    } catch (SettingsException e) {
      e.problems().forEach(problem);
    } catch (StartException e) {
      log.debug("the reason", e);
      problem.accept(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      log.error("{}: an unexpected failure", part, e);
      problem.accept("%s: an unexpected failure: %s".formatted(part, e));
    }
  }

  private Proxy proxy(PlannedPart<ProxyProvider> planned) {
    PartContext context = newContext(planned.part(), planned.settings().get(PartOptions.WINDOW));
    return PluginRegistry.create(planned.plugin(), planned.settings(), context);
  }

  /** Creates a part that takes no tokens. */
  private <T> T create(PlannedPart<? extends Provider<T>> planned) {
    return PluginRegistry.create(
        planned.plugin(), planned.settings(), newContext(planned.part(), 0));
  }

  /** Starts all parts that can be started, and returns a message for each that cannot. */
  private synchronized List<String> start() {
    List<String> problems = new ArrayList<>();
    plan.echoes.values().forEach(echo -> tryTo(echo.part(), problems::add, () -> startEcho(echo)));
    plan.generators.forEach(
        (name, part) -> tryTo(part.part(), problems::add, () -> startGenerator(name, part)));
    plan.proxies
        .values()
        .forEach(part -> tryTo(part.part(), problems::add, () -> startProxy(part)));
    if (problems.isEmpty()) {
      plan.registrations
          .values()
          .forEach(part -> tryTo(part.part(), problems::add, () -> register(part)));
    }
    return problems;
  }

  private PartContext newContext(String part, int window) {
    PartContext context =
        new PartContext(
            part,
            new PartContext.Links() {
              @Override
              public Refresher refresher(PartContext asker, String name) {
                return refreshers.create(asker.name(), asker.name(), name);
              }

              @Override
              public TokenSource tokenSource(
                  PartContext asker, List<String> names, Executor executor) {
                return tokenSources.create(asker, names, window, executor);
              }

              @Override
              public int siblings(PartContext asker) {
                return plan.siblings(asker.name());
              }
            });
    running.push(context);
    return context;
  }

  private static EchoServer echo(Plan.PlannedEcho planned) {
    Settings settings = planned.settings();
    EchoServer.Builder builder =
        EchoServer.builder()
            .name(planned.part())
            .type(settings.get(PartOptions.ECHO_TYPE))
            .greet(settings.get(PartOptions.ECHO_GREET));
    settings.get(PartOptions.ECHO_LISTEN).forEach(builder::listen);
    settings.find(PartOptions.ECHO_LOOPS).ifPresent(builder::loops);
    return builder.build();
  }

  private void startEcho(Plan.PlannedEcho planned) {
    EchoServer server = echo(planned);
    running.push(server);
    try {
      server.start();
    } catch (StartException e) {
      throw named(planned.part(), e);
    }
    String protocol = planned.settings().get(PartOptions.ECHO_TYPE).protocol();
    server.addresses().forEach(address -> listens(planned.part(), address, protocol));
  }

  private void startGenerator(String name, Plan.PlannedGenerator planned) {
    Settings settings = planned.settings();
    Generator.Builder builder =
        Generator.builder()
            .name(name)
            .policy(policy(planned.part(), settings.get(PartOptions.GENERATOR_POLICY)));
    for (String refresher : settings.get(PartOptions.GENERATOR_REFRESHERS)) {
      builder.refresher(refresherOf(planned, refresher));
    }
    input.checkOpen(planned.part());
    Generator generator = builder.build();
    running.push(generator);
    generators.put(name, generator);
    for (URI uri : settings.get(PartOptions.GENERATOR_LISTEN)) {
      publish(planned, uri, generator);
    }
  }

  private Refresher refresherOf(Plan.PlannedGenerator planned, String name) {
    String key = "%s.%s".formatted(planned.part(), PartOptions.GENERATOR_REFRESHERS);
    return refreshers.create(planned.part(), key, name);
  }

  private Policy policy(String part, String name) {
    PlannedPart<PolicyProvider> planned = plan.policies.get(name);
    if (planned != null) {
      return create(planned);
    }
    Plugin<PolicyProvider> plugin = plan.plugins().find(PluginKind.POLICY, name).orElseThrow();
    return PluginRegistry.create(
        plugin, Plan.defaults(plugin.provider().options()), newContext(part, 0));
  }

  private void publish(Plan.PlannedGenerator planned, URI uri, Generator generator) {
    Plugin<TokenTransportProvider> plugin = plan.transport(uri).orElseThrow();
    TokenTransport transport =
        PluginRegistry.create(plugin, planned.settings(), newContext(planned.part(), 0));
    running.push(transport);
    try {
      URI address = transport.publish(uri, generator).address();
      listening.accept(new Listener(planned.part(), address.getAuthority(), "tcp"));
      addresses.putIfAbsent(planned.part(), tokenPort(address));
    } catch (StartException e) {
      throw named(planned.part(), e);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(
          "%s: listen = %s: %s".formatted(planned.part(), uri, e.getMessage()));
    }
  }

  private void startProxy(PlannedPart<ProxyProvider> planned) {
    Settings settings = planned.settings();
    Proxy proxy = proxy(planned);
    running.push(proxy);
    try {
      proxy.start();
    } catch (StartException e) {
      throw named(planned.part(), e);
    }
    proxies.put(proxy, settings.get(PartOptions.DRAIN_TIMEOUT));
    listens(planned.part(), proxy.address(), planned.plugin().provider().protocol());
  }

  private static Bound tokenPort(URI address) {
    return new Bound(
        ListenAddress.parse(address.getAuthority()),
        address.getScheme().equals(TokenPorts.DEFAULT_SCHEME)
            ? Map.of()
            : Map.of(TokenPorts.SCHEME, address.getScheme()));
  }

  /**
   * Address of a part, which may be a wildcard address.
   *
   * @param address the address
   * @param attributes the attributes of the target as which others reach it
   */
  private record Bound(ListenAddress address, Map<String, String> attributes) {

    Target target() {
      return Target.of(address.host(), address.port()).withAttributes(attributes);
    }
  }

  private void register(PlannedPart<RegistrarProvider> planned) {
    Settings settings = planned.settings();
    Target target = announced(planned.part(), settings.get(PartOptions.REGISTER_TARGET));
    Registration.Builder builder =
        Registration.builder(target, create(planned)).name(planned.part());
    settings
        .find(PartOptions.REGISTER_CHECK)
        .ifPresent(
            name -> {
              PlannedPart<HealthCheckProvider> check = plan.healthCheck(planned, name);
              builder.check(create(check)).health(HealthSettings.of(check.settings()));
            });
    Registration registration = builder.build();
    running.push(registration);
    registrations.add(registration);
    Generator generator = announcedGenerator(settings.get(PartOptions.REGISTER_TARGET));
    if (generator == null) {
      registration.start();
      return;
    }
    CompletableFuture<Void> ready = generator.whenReady();
    if (!ready.isDone()) {
      log.info("{}: waiting for the first targets of the generator", planned.part());
    }
    var unused = ready.thenRun(registration::start);
  }

  /** Returns the generator whose token port is registered; null if it is another part. */
  private @Nullable Generator announcedGenerator(String text) {
    return new AnnouncedTarget(text)
        .part()
        .filter(part -> part.startsWith(GENERATOR))
        .map(part -> generators.get(part.substring(GENERATOR.length())))
        .orElse(null);
  }

  private Target announced(String part, String text) {
    AnnouncedTarget announced = new AnnouncedTarget(text);
    Bound bound = announced.part().map(addresses::get).orElse(null);
    if (bound == null) {
      return Target.parse(text);
    }
    if (AnnouncedTarget.isEveryAddress(bound.address().host())) {
      throw new StartException(
          "%s: target = %s: %s".formatted(part, text, AnnouncedTarget.LISTENS_EVERYWHERE));
    }
    return announced.at(bound.target());
  }

  private static StartException named(String part, StartException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith(part) ? e : new StartException(part + ": " + message, e);
  }

  private void listens(String part, SocketAddress address, String protocol) {
    InetSocketAddress inet = (InetSocketAddress) address;
    ListenAddress shown = new ListenAddress(inet.getAddress().getHostAddress(), inet.getPort());
    listening.accept(new Listener(part, shown.toString(), protocol));
    addresses.putIfAbsent(part, new Bound(shown, Map.of()));
  }

  /**
   * Returns what is missing before clients can be served, as messages that begin with the part:
   * {@code generator.main: no targets yet}. Empty if nothing is missing.
   */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    generators.forEach(
        (name, generator) -> {
          if (!generator.hasTargets()) {
            missing.add(GENERATOR + name + ": no targets yet");
          }
        });
    for (PlannedPart<ProxyProvider> proxy : plan.proxies.values()) {
      if (tokenSources.isWithoutGenerator(proxy.part())) {
        missing.add(proxy.part() + ": no generator yet");
      }
    }
    return missing;
  }

  /** Takes over from a former process, as {@link Proxy#takeOver}. Called once all parts are up. */
  public synchronized void takeOver() {
    proxies.keySet().forEach(Proxy::takeOver);
  }

  /**
   * Returns a future of the takeover by other processes.
   *
   * @return completes when all proxies were taken over, if there are any
   */
  public synchronized CompletableFuture<Void> takenOver() {
    return proxies.isEmpty()
        ? new CompletableFuture<>()
        : all(proxies.keySet().stream().map(Proxy::takenOver));
  }

  /**
   * Waits for the processes that take proxies over, as {@link Proxy#awaitSuccessor}, then withdraws
   * registrations and drains every proxy. The wait for successors counts toward the {@code
   * drain-timeout} of a proxy.
   *
   * @return completes when no connection is left
   */
  public synchronized CompletableFuture<Void> drain() {
    Map<Proxy, Duration> draining = Map.copyOf(proxies);
    List<Registration> registered = List.copyOf(registrations);
    long start = System.nanoTime();
    return all(draining.entrySet().stream()
            .map(proxy -> proxy.getKey().awaitSuccessor(proxy.getValue())))
        .thenCompose(
            awaited -> drain(draining, registered, Duration.ofNanos(System.nanoTime() - start)));
  }

  private static CompletableFuture<Void> drain(
      Map<Proxy, Duration> proxies, List<Registration> registrations, Duration waited) {
    // First, so that no directory sends clients to a proxy that no longer accepts.
    return all(registrations.stream().map(Topology::withdraw))
        .thenCompose(
            withdrawn ->
                all(
                    proxies.entrySet().stream()
                        .map(proxy -> proxy.getKey().drain(left(proxy.getValue(), waited)))));
  }

  private static Duration left(Duration timeout, Duration waited) {
    return waited.compareTo(timeout) < 0 ? timeout.minus(waited) : Duration.ZERO;
  }

  /** Withdraws a registration; one that cannot be withdrawn now expires by its time to live. */
  private static CompletableFuture<Void> withdraw(Registration registration) {
    return registration
        .withdraw()
        .completeOnTimeout(null, WITHDRAW_TIME.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failure -> null);
  }

  private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> tasks) {
    return CompletableFuture.allOf(tasks.toArray(CompletableFuture<?>[]::new));
  }

  /** Closes all parts now, in reverse order of their start. A second call does nothing. */
  @Override
  public synchronized void close() {
    while (!running.isEmpty()) {
      AutoCloseable part = running.pop();
      try {
        part.close();
      } catch (Throwable e) {
        // An Error as well: the other parts are closed all the same.
        log.warn("failed to close {}", part, e);
      }
    }
  }
}
