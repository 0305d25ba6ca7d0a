package io.lbtk.benchmarks.sidebyside;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of one measure: its plots, its values and their ratios. As Markdown. */
final class MeasureSection {

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
    return text.append('\n').append(values()).append('\n').append(ratios()).append('\n').toString();
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
              add.accept(new Comparison("to `haproxy-forced`", quantity, Family.HAPROXY_STRONGEST));
              if (withDirect && quantity == main) {
                add.accept(new Comparison("to `direct`", quantity, Family.DIRECT));
              }
            })
        .toList();
  }

  private String ratio(Peer peer, Comparison comparison) {
    Optional<Peer> other = references.sameThreads(peer.name(), comparison.to());
    return other
        .flatMap(to -> samples.ratio(measure.name(), peer.name(), to.name(), comparison.quantity()))
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
