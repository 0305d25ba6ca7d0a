package io.lbtk.benchmarks.sidebyside;

import com.sun.management.UnixOperatingSystemMXBean;
import io.lbtk.benchmarks.sidebyside.Fleet.Ports;
import io.lbtk.benchmarks.sidebyside.Fleet.Setup;
import io.lbtk.benchmarks.sidebyside.Goals.Goal;
import io.lbtk.benchmarks.sidebyside.Lbtk.Jdk;
import io.lbtk.benchmarks.sidebyside.Procfs.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The bench beside HAProxy and nginx; {@code lbtk-benchmarks/side-by-side.sh} starts it. */
@Command(
    name = "side-by-side.sh",
    description = {
      "Measures lbtk, HAProxy and nginx in interleaved rounds.",
      "A run of all measures and all peers is written to docs/side-by-side.md, and its table of"
          + " goals to docs/benchmarks.md; any other is only printed, unless --out is given."
    })
public final class SideBySide implements Callable<Integer> {

  /** Descriptors of a proxy that are not for tunnels. */
  private static final int OTHER_DESCRIPTORS = 1000;

  private static final int MOST_TUNNELS = 20_000;

  @SuppressWarnings("UnusedVariable") // picocli reads it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this.")
  private boolean help;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count. Default: 5")
  private int rounds = 5;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "MEASURE",
      description = "bulk-1, bulk-8, bulk-64, round-trip, connections, memory, start")
  private Set<String> only = new LinkedHashSet<>();

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      description = "Only these, by the names in the tables; --list tells them.")
  private Set<String> onlyPeers = new LinkedHashSet<>();

  @Option(names = "--list", description = "List the peers.")
  private boolean list;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long bulk and round trips are measured each time. Default: 2")
  private int seconds = 2;

  @Option(names = "--out", paramLabel = "DIR", description = "Where side-by-side.md is written.")
  private @Nullable Path out;

  @Option(names = "--root", hidden = true, description = "The source tree.")
  private Path root = Path.of("").toAbsolutePath();

  private SideBySide() {}

  /**
   * Runs it and ends the process.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SideBySide()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("lbtk-side-by-side");
    Children children = new Children(directory);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  children.close();
                  delete(directory);
                }));
    Lbtk lbtk = new Lbtk(root, Jdk.current().home());
    Setup setup = new Setup(directory, children, new Ports(), mostTunnels(), lbtk);
    Optional<Jdk> newer = Jdk.newest();
    List<Peer> peers = chosen(new Catalogue(setup, Jdk.current(), newer).peers());
    if (list) {
      peers.forEach(peer -> System.out.printf("%-20s %s%n", peer.name(), peer.about()));
      return 0;
    }
    if (!Files.exists(lbtk.jar())) {
      throw new IOException(lbtk.jar() + " is missing (expected: mvn -DskipTests package)");
    }
    lbtk.makeArchive();
    if (newer.isPresent()) {
      new Lbtk(root, newer.get().home()).makeArchive();
    }
    String machine =
        Machine.describe(
            Stream.concat(Stream.of(Jdk.current()), newer.stream()).toList(), Machine.load());
    LoadProcess client = LoadProcess.start("client", children);
    Fleet fleet = new Fleet(setup, peers, LoadProcess.start("echo", children));
    List<Measure> measures = measures(setup, fleet, client);
    Rounds run = new Rounds(measures, peers, rounds);
    run.run();
    List<Goal> goals = Goals.of(newer.map(Catalogue::onJdk).stream().toList());
    tell(new Report(measures, peers, goals, run), machine + " lbtk: `" + lbtk.about() + "`.");
    return 0;
  }

  private void tell(Report report, String machine) throws IOException {
    Path folder = out;
    if (folder == null && only.isEmpty() && onlyPeers.isEmpty()) {
      folder = root.resolve("docs");
    }
    System.out.println(report.markdown(machine));
    if (folder != null) {
      report.write(folder, machine);
      System.err.println("side-by-side: written to " + folder.resolve("side-by-side.md"));
    }
  }

  private List<Peer> chosen(List<Peer> all) {
    check("--peers", onlyPeers, all.stream().map(Peer::name).toList());
    return all.stream()
        .filter(peer -> onlyPeers.isEmpty() || onlyPeers.contains(peer.name()))
        .toList();
  }

  private List<Measure> measures(Setup setup, Fleet fleet, LoadProcess client) {
    List<Measure> all =
        List.of(
            new Connecting(fleet, client),
            new RoundTrip(fleet, client, seconds),
            new Bulk(fleet, setup.children(), 1, seconds),
            new Bulk(fleet, setup.children(), 8, seconds),
            new Bulk(fleet, setup.children(), 64, seconds),
            new Memory(fleet, client, setup.mostTunnels()),
            new Starting(fleet));
    check("--only", only, all.stream().map(Measure::name).toList());
    return all.stream().filter(measure -> only.isEmpty() || only.contains(measure.name())).toList();
  }

  private void check(String option, Set<String> words, List<String> known) {
    for (String word : words) {
      if (!known.contains(word)) {
        throw new ParameterException(
            new CommandLine(this),
            "%s %s (expected: %s)".formatted(option, word, String.join(", ", known)));
      }
    }
  }

  /** Two sockets each, a pipe for every fourth as HAProxy reckons, and what else is open. */
  private static int mostTunnels() {
    UnixOperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
    long descriptors = system.getMaxFileDescriptorCount() - OTHER_DESCRIPTORS;
    return (int) Math.min(descriptors * 2 / 5, MOST_TUNNELS);
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
