package io.lbtk.launcher;

import io.lbtk.api.SettingsException;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.settings.Entry;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.core.settings.SettingsFile;
import io.lbtk.launcher.topology.Plan;
import io.lbtk.launcher.topology.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings, from a file or from a command line, and what is run of them. */
final class Launch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Launch.class);

  private final SettingsBinder binder;
  private final PluginRegistry plugins;

  private Launch(SettingsBinder binder, Optional<Path> folder) {
    this.binder = binder;
    Optional<Path> named = Plan.pluginsFolder(binder);
    this.plugins = plugins(folder.or(() -> named));
  }

  static PluginRegistry plugins(Optional<Path> folder) {
    return folder.map(PluginRegistry::withFolder).orElseGet(PluginRegistry::ofClassPath);
  }

  /**
   * What a file says.
   *
   * @throws SettingsException if it cannot be read
   */
  static Launch ofFile(Path file, CommonOptions options) {
    Problems problems = new Problems();
    SettingsBinder binder =
        new SettingsBinder(SettingsFile.read(file, problems), System::getenv, problems);
    if (Stream.of("generator", "proxy", "echo", "register")
        .allMatch(kind -> binder.sections(kind).isEmpty())) {
      problems.add(
          file
              + ": nothing to run (expected: a generator, a proxy, an echo server or something to"
              + " register)");
    }
    return new Launch(binder, options.plugins());
  }

  /** What the words of a command say. */
  static Launch ofWords(List<Entry> entries, CommonOptions options) {
    return new Launch(
        new SettingsBinder(entries, System::getenv, new Problems()), options.plugins());
  }

  PluginRegistry plugins() {
    return plugins;
  }

  /**
   * Reads all settings.
   *
   * @throws SettingsException with everything that is wrong
   */
  Plan plan() {
    return Plan.read(binder, plugins);
  }

  /**
   * Reads all settings that came from a command line.
   *
   * @throws UsageException with everything that is wrong
   */
  Plan planOfWords() {
    try {
      return plan();
    } catch (SettingsException e) {
      throw new UsageException(e);
    }
  }

  /** The settings as they count, for people. */
  List<String> effective() {
    return binder.effective();
  }

  /**
   * Runs what is planned until a signal ends it, or until other processes have taken it over.
   *
   * @return the exit code
   */
  static int run(Plan plan) {
    try (Signals signals = Signals.listen().ignoringHangUp()) {
      var unused =
          signals
              .first()
              .thenRun(
                  () -> {
                    log.info("told to stop by a signal");
                    signals.endWithin(plan.endLimit());
                  });
      return run(plan, signals);
    }
  }

  private static int run(Plan plan, Signals signals) {
    List<Topology.Listener> listeners = new ArrayList<>();
    try (Topology topology =
        Topology.start(
            plan,
            listener -> {
              listeners.add(listener);
              Screen.say("listening %s %s".formatted(listener.part(), listener.address()));
            })) {
      // A process that is told to stop during its start leaves the clients to the former one.
      if (!signals.first().isDone()) {
        topology.takeOver();
      }
      CompletableFuture<?> end = CompletableFuture.anyOf(signals.first(), topology.takenOver());
      new ReadyWatch(topology::missing).await(end, () -> Screen.say(ready(listeners)));
      end.join();
      signals.endWithin(plan.endLimit());
      // The first signal only asks for what a process that was taken over does anyway.
      log.info(
          "stopping{}, the {} signal stops now",
          hasProxy(listeners) ? ": connections may end by themselves" : "",
          signals.first().isDone() ? "next" : "second");
      CompletableFuture<Void> drained = topology.drain();
      CompletableFuture.anyOf(drained, signals.second()).join();
      return drained.isDone() ? Exit.OK : Exit.PROBLEM;
    }
  }

  private static boolean hasProxy(List<Topology.Listener> listeners) {
    return proxies(listeners).findAny().isPresent();
  }

  private static Stream<Topology.Listener> proxies(List<Topology.Listener> listeners) {
    return listeners.stream().filter(listener -> listener.part().startsWith("proxy."));
  }

  /** Says that all is up, and how to try it. */
  private static String ready(List<Topology.Listener> listeners) {
    return proxies(listeners)
        .findFirst()
        .map(
            proxy ->
                "ready, try: nc %s%s"
                    .formatted(
                        proxy.protocol().equals("udp") ? "-u " : "", reachable(proxy.address())))
        .orElse("ready");
  }

  /** The words by which {@code nc} reaches an address, as far as one can tell from here. */
  private static String reachable(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
    String port = address.substring(colon + 1);
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1 " + port;
      case "0:0:0:0:0:0:0:0", "::" -> "::1 " + port;
      default -> host + " " + port;
    };
  }

  @Override
  public void close() {
    plugins.close();
  }
}
