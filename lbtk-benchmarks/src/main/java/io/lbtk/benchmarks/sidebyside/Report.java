package io.lbtk.benchmarks.sidebyside;

import io.lbtk.benchmarks.sidebyside.Goals.Goal;
import io.lbtk.benchmarks.sidebyside.Goals.Goal.To;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import io.lbtk.benchmarks.sidebyside.Samples.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the results: Markdown, plots and all samples. */
final class Report {

  private static final String NAME = "side-by-side";

  /** Marker before the table of goals in another page. */
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

  /** Returns the page as Markdown. */
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

  /** Markdown section of one measure: its plots, its values and their ratios. */
  static final class MeasureSection {

    private static final Set<Quantity> NOT_COMPARED =
        Set.of(
            Quantity.P99,
            Quantity.TOKENS_CPU_PER_10K,
            Quantity.LOAD_CPU_PER_10K,
            Quantity.PROPORTIONAL);

    private final Measure measure;
    private final List<Peer> measured;
    private final References references;
    private final Samples samples;

    MeasureSection(Measure measure, List<Peer> peers, References references, Samples samples) {
      this.measure = measure;
      this.measured =
          peers.stream().filter(peer -> samples.has(measure.name(), peer.name())).toList();
      this.references = references;
      this.samples = samples;
    }

    /**
     * With its heading; empty if nothing was measured.
     *
     * @param plots paths of images
     */
    String markdown(List<String> plots) {
      if (measured.isEmpty()) {
        return "";
      }
      StringBuilder text =
          new StringBuilder("## %s\n\n%s\n\n".formatted(measure.title(), measure.about()));
      plots.forEach(plot -> text.append("![%s](%s)\n".formatted(measure.title(), plot)));
      return text.append('\n')
          .append(values())
          .append('\n')
          .append(ratios())
          .append('\n')
          .toString();
    }

    private String values() {
      List<Quantity> quantities = measure.quantities();
      StringBuilder text = new StringBuilder(head("", quantities.stream().map(this::title)));
      for (Peer peer : measured) {
        text.append(row(peer, quantities.stream().map(quantity -> value(peer, quantity))));
      }
      return text.toString();
    }

    private String title(Quantity quantity) {
      return quantity.title() + ", " + quantity.unit();
    }

    private String value(Peer peer, Quantity quantity) {
      return samples
          .range(measure.name(), peer.name(), quantity)
          .map(
              range ->
                  "%s [%s, %s]"
                      .formatted(
                          quantity.text(range.median()),
                          quantity.text(range.min()),
                          quantity.text(range.max())))
          .orElse("–");
    }

    /** Of each peer to HAProxy with as many threads, and to no proxy at all. */
    private String ratios() {
      List<Comparison> comparisons = comparisons();
      StringBuilder text =
          new StringBuilder(
              head("medians of the ratios", comparisons.stream().map(Comparison::title)));
      for (Peer peer : measured) {
        text.append(row(peer, comparisons.stream().map(comparison -> ratio(peer, comparison))));
      }
      return text.toString();
    }

    private record Comparison(String title, Quantity quantity, Family to) {}

    private List<Comparison> comparisons() {
      boolean withDirect = measured.stream().anyMatch(peer -> peer.family() == Family.DIRECT);
      Quantity main = measure.quantities().get(0);
      return measure.quantities().stream()
          .filter(quantity -> !NOT_COMPARED.contains(quantity))
          .<Comparison>mapMulti(
              (quantity, add) -> {
                add.accept(
                    new Comparison(quantity.title() + " to `haproxy`", quantity, Family.HAPROXY));
                add.accept(
                    new Comparison("to `haproxy-forced`", quantity, Family.HAPROXY_STRONGEST));
                if (withDirect && quantity == main) {
                  add.accept(new Comparison("to `direct`", quantity, Family.DIRECT));
                }
              })
          .toList();
    }

    private String ratio(Peer peer, Comparison comparison) {
      Optional<Peer> other = references.sameThreads(peer.name(), comparison.to());
      return other
          .flatMap(
              to -> samples.ratio(measure.name(), peer.name(), to.name(), comparison.quantity()))
          .map(range -> Goal.ratio(range.median()))
          .orElse("–");
    }

    private static String head(String first, Stream<String> titles) {
      String line = titles.collect(Collectors.joining(" | ", "| " + first + " | ", " |"));
      long columns = line.chars().filter(character -> character == '|').count() - 1;
      return line + "\n|" + "---|".repeat((int) columns) + "\n";
    }

    private static String row(Peer peer, Stream<String> cells) {
      return cells.collect(Collectors.joining(" | ", "| `" + peer.name() + "` | ", " |\n"));
    }
  }

  /** Markdown table of the measured goals. */
  static final class GoalTable {

    private final List<Goal> goals;
    private final References references;
    private final Samples samples;

    GoalTable(List<Goal> goals, References references, Samples samples) {
      this.goals = goals;
      this.references = references;
      this.samples = samples;
    }

    /** Returns the table, or an empty string if no goal was measured. */
    String markdown() {
      StringBuilder rows = new StringBuilder();
      goals.forEach(goal -> row(goal).ifPresent(rows::append));
      return rows.isEmpty()
          ? ""
          : """
        | measure | of | to | must be | is | kept |
        |---|---|---|---|---|---|
        """
              + rows;
    }

    private Optional<String> row(Goal goal) {
      Optional<Peer> other =
          switch (goal.to()) {
            case NOTHING -> Optional.empty();
            case HAPROXY -> references.sameThreads(goal.peer(), Family.HAPROXY);
            case BEST_HAPROXY -> references.bestHaproxy(goal.measure(), goal.quantity());
          };
      Optional<Range> range =
          goal.to() == To.NOTHING
              ? samples.range(goal.measure(), goal.peer(), goal.quantity())
              : other.flatMap(
                  peer -> samples.ratio(goal.measure(), goal.peer(), peer.name(), goal.quantity()));
      return range.map(
          found ->
              "| %s, %s | `%s` | %s | %s | %s | %s |\n"
                  .formatted(
                      goal.measure(),
                      goal.text(),
                      goal.peer(),
                      other.map(peer -> "`" + peer.name() + "`").orElse("–"),
                      goal.limitText(),
                      goal.text(found.median()),
                      goal.isKept(found.median()) ? "yes" : "**no**"));
    }
  }

  /** Lookup of the peers that others are compared to. */
  static final class References {

    private final List<Peer> peers;
    private final Samples samples;

    References(List<Peer> peers, Samples samples) {
      this.peers = peers;
      this.samples = samples;
    }

    /**
     * The peer of a family that has as many threads as another peer; one thread if that has none.
     */
    Optional<Peer> sameThreads(String peer, Family family) {
      if (family == Family.DIRECT) {
        return peers.stream().filter(other -> other.family() == family).findFirst();
      }
      return peers.stream()
          .filter(other -> other.name().equals(peer))
          .findFirst()
          .flatMap(known -> withThreads(Math.max(1, known.threads()), family));
    }

    private Optional<Peer> withThreads(int threads, Family family) {
      return peers.stream()
          .filter(other -> other.family() == family && other.threads() == threads)
          .findFirst();
    }

    /** The HAProxy whose median is the best. */
    Optional<Peer> bestHaproxy(String measure, Quantity quantity) {
      Comparator<Peer> byMedian =
          Comparator.comparingDouble(
              peer ->
                  samples.range(measure, peer.name(), quantity).map(Range::median).orElseThrow());
      return peers.stream()
          .filter(peer -> peer.family().isHaproxy())
          .filter(peer -> samples.range(measure, peer.name(), quantity).isPresent())
          .max(quantity.moreIsBetter() ? byMedian : byMedian.reversed());
    }
  }

  /** Horizontal bar chart of medians, with the range as a line over each bar, as SVG 1.1. */
  static final class Plot {

    /**
     * A bar of the plot.
     *
     * @param colour as in SVG
     */
    record Bar(String label, Range range, String colour) {}

    private static final int WIDTH = 760;
    private static final int LABELS = 150;
    private static final int VALUES = 90;
    private static final int HEAD = 52;
    private static final int ROW = 24;
    private static final int THICKNESS = 16;

    private final String title;
    private final Quantity quantity;
    private final List<Bar> bars;

    /**
     * Creates a plot.
     *
     * @param bars at least one
     */
    Plot(String title, Quantity quantity, List<Bar> bars) {
      this.title = title;
      this.quantity = quantity;
      this.bars = bars;
    }

    String svg() {
      int height = HEAD + ROW * bars.size() + 10;
      StringBuilder text = new StringBuilder();
      text.append(
          """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        <text x="10" y="20" font-size="14" font-weight="bold" fill="#202124">%s</text>
        <text x="10" y="38" fill="#5f6368">%s, %s; %s is better; the line is from the least to the most</text>
        """
              .formatted(
                  WIDTH,
                  height,
                  WIDTH,
                  height,
                  escaped(title),
                  escaped(quantity.title()),
                  escaped(quantity.unit()),
                  quantity.moreIsBetter() ? "more" : "less"));
      double scale = scale();
      for (int i = 0; i < bars.size(); i++) {
        text.append(row(bars.get(i), HEAD + i * ROW, scale));
      }
      return text.append("</svg>\n").toString();
    }

    /** Pixels for one unit; all that is drawn fits. */
    private double scale() {
      double most =
          bars.stream().mapToDouble(bar -> Math.max(0, bar.range().max())).max().orElse(0);
      return most > 0 ? (WIDTH - LABELS - VALUES) / most : 0;
    }

    private String row(Bar bar, int y, double scale) {
      double median = Math.max(0, bar.range().median()) * scale;
      double min = LABELS + Math.max(0, bar.range().min()) * scale;
      double max = LABELS + Math.max(0, bar.range().max()) * scale;
      int middle = y + THICKNESS / 2;
      return String.format(
          Locale.ROOT,
          """
        <text x="%d" y="%d" text-anchor="end" fill="#202124">%s</text>
        <rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>
        <path d="M%.1f %d H%.1f M%.1f %d v8 M%.1f %d v8" stroke="#202124" fill="none"/>
        <text x="%.1f" y="%d" fill="#202124">%s</text>
        """,
          LABELS - 8,
          middle + 4,
          escaped(bar.label()),
          LABELS,
          y,
          median,
          THICKNESS,
          bar.colour(),
          min,
          middle,
          max,
          min,
          middle - 4,
          max,
          middle - 4,
          Math.max(max, LABELS + median) + 6,
          middle + 4,
          quantity.text(bar.range().median()));
    }

    private static String escaped(String text) {
      return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
  }
}
