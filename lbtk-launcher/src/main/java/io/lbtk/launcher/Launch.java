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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings from a file or a command line, ready to run. */
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
   * Reads a settings file.
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

  /** Returns the settings of a command line. */
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
   * @throws SettingsException with all problems
   */
  Plan plan() {
    return Plan.read(binder, plugins);
  }

  /**
   * Reads all settings of a command line.
   *
   * @throws UsageException with all problems
   */
  Plan planOfWords() {
    try {
      return plan();
    } catch (SettingsException e) {
      throw new UsageException(e);
    }
  }

  /** Returns the effective settings, one line each. */
  List<String> effective() {
    return binder.effective();
  }

  /**
   * Runs a plan until a signal stops it or other processes have taken it over.
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
                    log.info("received a signal to stop");
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
      // A process that is stopped during its start leaves the clients to its predecessor.
      if (!signals.first().isDone()) {
        topology.takeOver();
      }
      CompletableFuture<?> end = CompletableFuture.anyOf(signals.first(), topology.takenOver());
      new ReadyWatch(topology::missing).await(end, () -> Screen.say(ready(listeners)));
      end.join();
      signals.endWithin(plan.endLimit());
      // A process that was taken over drains anyway: its first signal has no further effect.
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

  /** Returns the message that all parts are up, with a command to try. */
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

  /** Returns the arguments with which {@code nc} reaches an address from this host. */
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

  /**
   * Waits after the start until nothing is missing. Missing parts are printed after a second and
   * logged after five.
   */
  static final class ReadyWatch {

    private static final Logger log = LoggerFactory.getLogger(ReadyWatch.class);

    private static final Duration TELL = Duration.ofSeconds(1);
    private static final Duration WARN = Duration.ofSeconds(5);

    /** Interval between checks, short while a start usually takes. */
    private static final Duration SOON = Duration.ofMillis(20);

    private static final Duration LATER = Duration.ofMillis(250);

    private final Supplier<List<String>> missing;
    private boolean told;
    private boolean warned;

    /**
     * Creates a watch.
     *
     * @param missing returns what is missing, each with its part: {@code proxy.p: no generator}
     */
    ReadyWatch(Supplier<List<String>> missing) {
      this.missing = missing;
    }

    /**
     * Waits until nothing is missing.
     *
     * @param end ends the wait when it completes
     * @param ready called once nothing is missing, unless the wait has ended before
     */
    void await(CompletableFuture<?> end, Runnable ready) {
      long start = System.nanoTime();
      while (!end.isDone()) {
        List<String> now = missing.get();
        if (now.isEmpty()) {
          ready.run();
          return;
        }
        tell(now, System.nanoTime() - start);
        pause(end);
      }
    }

    private void tell(List<String> now, long elapsed) {
      if (!told && elapsed >= TELL.toNanos()) {
        told = true;
        Screen.say("not ready yet: " + String.join("; ", now));
      }
      if (!warned && elapsed >= WARN.toNanos()) {
        warned = true;
        now.forEach(log::warn);
      }
    }

    private void pause(CompletableFuture<?> end) {
      CompletableFuture<Boolean> time = new CompletableFuture<>();
      time.completeOnTimeout(true, (told ? LATER : SOON).toMillis(), TimeUnit.MILLISECONDS);
      CompletableFuture.anyOf(end, time).join();
    }
  }
}
