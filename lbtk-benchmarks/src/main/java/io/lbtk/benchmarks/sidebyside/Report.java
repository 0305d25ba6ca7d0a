package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Tells what was measured: Markdown, plots and all samples. */
final class Report {

  private static final String NAME = "side-by-side";

  /** Where the table of goals stands in another page. */
  private static final String GOALS_BEGIN = "<!-- written by side-by-side.sh -->\n";

  private static final String GOALS_END = "<!-- until here -->";

  /** Beside what a measure is about. */
  private static final Set<Quantity> PLOTTED =
      Set.of(
          Quantity.CPU_PER_GIB,
          Quantity.MACHINE_CPU_PER_GIB,
          Quantity.CPU_PER_10K,
          Quantity.CPU_PER_100K,
          Quantity.PER_TUNNEL);

  private final List<Measure> measures;
  private final List<Peer> peers;
  private final List<Goal> goals;
  private final Rounds rounds;
  private final Samples samples;
  private final References references;

  Report(List<Measure> measures, List<Peer> peers, List<Goal> goals, Rounds rounds) {
    this.measures = measures;
    this.peers = peers;
    this.goals = goals;
    this.rounds = rounds;
    this.samples = rounds.samples();
    this.references = new References(peers, samples);
  }

  /**
   * Writes {@code side-by-side.md}, plots and samples into a folder beside it, and the table of
   * goals into {@code benchmarks.md} if that has a place for it.
   *
   * @param machine what was measured on, in a sentence
   */
  void write(Path folder, String machine) throws IOException {
    Path benchmarks = folder.resolve("benchmarks.md");
    if (Files.exists(benchmarks)) {
      Files.writeString(benchmarks, withGoals(Files.readString(benchmarks)));
    }
    Path beside = Files.createDirectories(folder.resolve(NAME));
    Files.writeString(folder.resolve(NAME + ".md"), markdown(machine));
    Files.writeString(beside.resolve("samples.csv"), samples.csv());
    for (Measure measure : measures) {
      for (Quantity quantity : plotted(measure).toList()) {
        Plot plot = new Plot(measure.title(), quantity, bars(measure, quantity));
        Files.writeString(folder.resolve(path(measure, quantity)), plot.svg());
      }
    }
  }

  /** The page with the table of goals in its place. */
  private String withGoals(String page) {
    int begin = page.indexOf(GOALS_BEGIN);
    int end = page.indexOf(GOALS_END);
    return begin < 0 || end < begin
        ? page
        : page.substring(0, begin + GOALS_BEGIN.length()) + goalTable() + page.substring(end);
  }

  private String goalTable() {
    return new GoalTable(goals, references, samples).markdown();
  }

  /** The text of the page. */
  String markdown(String machine) {
    StringBuilder text =
        new StringBuilder(
            """
            # Side by side

            lbtk's proxies beside HAProxy and nginx, from one run of `lbtk-benchmarks/side-by-side.sh`, which wrote this
            page; the method is in [benchmarks.md](benchmarks.md#beside-haproxy-and-nginx).

            %s

            Rounds: %d, interleaved. A value is the median [least, most]; a ratio is the median of the ratios of each round.
            All samples are in [samples.csv](%s/samples.csv).

            """
                .formatted(machine, rounds.count(), NAME));
    if (!goalTable().isEmpty()) {
      text.append("## What must be reached\n\n").append(goalTable()).append('\n');
    }
    text.append("## The peers\n\n| name | is |\n|---|---|\n");
    peers.forEach(peer -> text.append("| `%s` | %s |\n".formatted(peer.name(), peer.about())));
    text.append('\n');
    for (Measure measure : measures) {
      List<String> plots = plotted(measure).map(quantity -> path(measure, quantity)).toList();
      text.append(new MeasureSection(measure, peers, references, samples).markdown(plots));
    }
    return text.append(failures()).toString().stripTrailing() + "\n";
  }

  private String failures() {
    if (rounds.failures().isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("## What could not be measured\n\n");
    for (String failure : rounds.failures()) {
      text.append("- ").append(failure.strip().replaceAll("\\s*\n\\s*", "; ")).append('\n');
    }
    return text.toString();
  }

  private Stream<Quantity> plotted(Measure measure) {
    return measure.quantities().stream()
        .filter(quantity -> quantity == measure.quantities().get(0) || PLOTTED.contains(quantity))
        .filter(quantity -> !bars(measure, quantity).isEmpty());
  }

  private List<Plot.Bar> bars(Measure measure, Quantity quantity) {
    return peers.stream()
        .flatMap(
            peer ->
                samples
                    .range(measure.name(), peer.name(), quantity)
                    .map(range -> new Plot.Bar(peer.name(), range, peer.family().colour()))
                    .stream())
        .toList();
  }

  /** Of a plot, from the page. */
  private static String path(Measure measure, Quantity quantity) {
    String what = quantity.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return NAME + "/" + measure.name() + "-" + what + ".svg";
  }
}
