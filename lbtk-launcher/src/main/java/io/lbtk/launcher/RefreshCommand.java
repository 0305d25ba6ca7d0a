package io.lbtk.launcher;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.StartException;
import io.lbtk.core.plugin.PluginKind;
import io.lbtk.core.plugin.PluginRegistry;
import io.lbtk.core.refresh.KnownTargets;
import io.lbtk.launcher.topology.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Prints the lists of a refresher. */
@Command(
    name = "refresh",
    description =
        "Prints each list of targets that a refresher reports, and a blank line after it: made to"
            + " be piped into gen. Type static prints and ends; others go on until they are stopped"
            + " or nobody reads.")
final class RefreshCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(RefreshCommand.class);
  private static final String NAME = "main";
  private static final String PART = "refresher." + NAME;
  private static final String STATIC = "static";

  @ParentCommand
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Main lbtk;

  @picocli.CommandLine.Option(
      names = "--option",
      paramLabel = "k=v",
      description = "An option of the refresher: --option interval=2s")
  private Map<String, String> options = new LinkedHashMap<>();

  @picocli.CommandLine.Option(
      names = "--once",
      description =
          "Print the first list, as the source gives it, and end; or fail if it gives none.")
  private boolean once;

  @Parameters(index = "0", paramLabel = "TYPE", description = "The type: see plugins")
  private String type = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARG",
      description = "The options that have a place: targets of static, path of file, …")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Args words = new Args().put("TYPE", PART + ".type", type);
    try (PluginRegistry plugins = Launch.plugins(lbtk.common().plugins())) {
      PositionalArgs.of(plugins, PluginKind.REFRESHER, type).put(words, PART, arguments);
    }
    words.putOptions(PART, options);
    try (Launch launch = Launch.ofWords(words.entries(), lbtk.common());
        Signals signals = Signals.listen();
        Topology topology = Topology.idle(launch.planOfWords())) {
      return once ? printFirst(topology, signals) : printAll(topology, signals);
    }
  }

  /**
   * Prints the first list, without guards: they would hold back an empty list, and failures
   * forever.
   */
  private static int printFirst(Topology topology, Signals signals) {
    try (Refresher refresher = topology.unguardedRefresher(NAME)) {
      CompletableFuture<Refresh> first = new CompletableFuture<>();
      refresher.start(first::complete);
      CompletableFuture.anyOf(first, signals.first()).join();
      if (!first.isDone()) {
        return Exit.OK;
      }
      Refresh report = first.join();
      if (report instanceof Refresh.Failure failure) {
        throw new StartException("%s: %s".formatted(PART, failure.message()));
      }
      new Output().print(read(report, new KnownTargets()));
      return Exit.OK;
    }
  }

  private int printAll(Topology topology, Signals signals) throws InterruptedException {
    try (Refresher refresher = topology.refresher(NAME)) {
      Latest<List<String>> latest = new Latest<>();
      var unused = signals.first().thenRun(() -> latest.put(List.of()));
      KnownTargets targets = new KnownTargets();
      refresher.start(report -> latest.put(read(report, targets)));
      return print(latest, signals);
    }
  }

  private static List<String> read(Refresh report, KnownTargets targets) {
    targets.apply(report);
    SortedMap<String, String> byAddress = new TreeMap<>();
    targets.list().forEach(target -> byAddress.put(target.hostPort(), target.toString()));
    if (byAddress.isEmpty()) {
      log.warn("{}: the list is empty", PART);
    }
    List<String> lines = new ArrayList<>(byAddress.values());
    lines.add("");
    return lines;
  }

  private int print(Latest<List<String>> latest, Signals signals) throws InterruptedException {
    Output output = new Output();
    while (true) {
      List<String> lines = latest.take();
      if (signals.first().isDone()) {
        return Exit.OK;
      }
      output.print(lines);
      if (output.isClosed() || type.equals(STATIC)) {
        return Exit.OK;
      }
    }
  }

  /**
   * Hands values from one thread to another, which may be slower: only the latest value is kept.
   */
  static final class Latest<T> {

    private @Nullable T value;

    synchronized void put(T newValue) {
      value = newValue;
      notifyAll();
    }

    /** Waits for a value that was not taken yet. */
    synchronized T take() throws InterruptedException {
      while (value == null) {
        wait();
      }
      T taken = value;
      value = null;
      return taken;
    }
  }
}
