package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.benchmarks.sidebyside.Goals.Goal;
import io.lbtk.benchmarks.sidebyside.Goals.Goal.To;
import io.lbtk.benchmarks.sidebyside.Measure.Quantity;
import io.lbtk.benchmarks.sidebyside.Peer.Family;
import io.lbtk.benchmarks.sidebyside.Report.Plot;
import io.lbtk.benchmarks.sidebyside.Samples.Range;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ReportTest {

  private static final List<Peer> PEERS =
      List.of(
          peer("direct", Family.DIRECT, 0),
          peer("haproxy", Family.HAPROXY, 1),
          peer("haproxy-forced", Family.HAPROXY_STRONGEST, 1),
          peer("lbtk", Family.LBTK_SPLICE, 1),
          peer("lost", Family.NGINX, 1));

  private final ScriptedMeasure bulk =
      new ScriptedMeasure("bulk-8")
          .will("direct", 40, Double.NaN)
          .will("haproxy", 10, 0.5)
          .will("haproxy-forced", 20, 0.125)
          .will("lbtk", 16, 0.25);

  private static Peer peer(String name, Family family, int threads) {
    return new Peer(name, family, threads, "the peer " + name, Set.of(), null);
  }

  private Report report(Goal... goals) throws InterruptedException {
    Rounds rounds = new Rounds(List.of(bulk), PEERS, 3);
    rounds.run();
    return new Report(List.of(bulk), PEERS, List.of(goals), rounds);
  }

  @Test
  void aRowHasMedianAndRangeAndRatiosToBothHaproxiesAndDirect() throws InterruptedException {
    assertThat(report().markdown("A machine.").lines())
        .contains(
            "| `lbtk` | 16.0 [16.0, 16.0] | 0.250 [0.250, 0.250] |",
            "| `lbtk` | 1.60 | 0.80 | 0.40 | 0.50 | 2.00 |",
            "| `direct` | 40.0 [40.0, 40.0] | – |");
  }

  @Test
  void aHeadHasAsManyColumnsAsItsRows() throws InterruptedException {
    List<String> lines = report().markdown("").lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("|---")) {
        int columns = columns(lines.get(i));
        assertThat(columns(lines.get(i - 1))).isEqualTo(columns);
        assertThat(columns(lines.get(i + 1))).isEqualTo(columns);
      }
    }
    assertThat(lines).contains("|---|---|---|---|---|---|");
  }

  private static int columns(String line) {
    return (int) line.chars().filter(character -> character == '|').count();
  }

  @Test
  void aGoalIsComparedToWhatItNames() throws InterruptedException {
    Report report =
        report(
            new Goal("throughput", "bulk-8", Quantity.THROUGHPUT, "lbtk", To.HAPROXY, 1.4),
            new Goal("throughput", "bulk-8", Quantity.THROUGHPUT, "lbtk", To.BEST_HAPROXY, 0.97),
            new Goal("CPU", "bulk-8", Quantity.CPU_PER_GIB, "lbtk", To.HAPROXY, 0.5),
            new Goal("CPU", "bulk-8", Quantity.CPU_PER_GIB, "lbtk", To.NOTHING, 0.2));

    assertThat(report.markdown("").lines())
        .contains(
            "| bulk-8, throughput | `lbtk` | `haproxy` | ≥ 1.40 | 1.60 | yes |",
            "| bulk-8, throughput | `lbtk` | `haproxy-forced` | ≥ 0.97 | 0.80 | **no** |",
            "| bulk-8, CPU | `lbtk` | `haproxy` | ≤ 0.50 | 0.50 | yes |",
            "| bulk-8, CPU | `lbtk` | – | ≤ 0.200 s/GiB | 0.250 s/GiB | **no** |");
  }

  @Test
  void aGoalThatWasNotMeasuredIsLeftOut() throws InterruptedException {
    Report report =
        report(new Goal("throughput", "bulk-1", Quantity.THROUGHPUT, "lbtk", To.NOTHING, 1));

    assertThat(report.markdown("")).doesNotContain("What must be reached");
  }

  @Test
  void whatFailedIsListedInOneLineEach() throws InterruptedException {
    assertThat(report().markdown("").lines())
        .contains("- round 2, bulk-8 of lost: it broke:; in two lines");
  }

  @Test
  void everyPlotOfThePageIsWritten(@TempDir Path folder) throws Exception {
    report().write(folder, "A machine.");

    String page = Files.readString(folder.resolve("side-by-side.md"));
    List<String> plots =
        page.lines()
            .filter(line -> line.startsWith("!["))
            .map(line -> line.substring(line.lastIndexOf('(') + 1, line.length() - 1))
            .toList();
    assertThat(plots)
        .containsExactly(
            "side-by-side/bulk-8-throughput.svg", "side-by-side/bulk-8-cpu-per-gib.svg");
    for (String plot : plots) {
      parse(Files.readString(folder.resolve(plot)));
    }
    assertThat(folder.resolve("side-by-side/samples.csv")).content().contains("bulk-8,lbtk,");
  }

  @Test
  void theGoalsStandInTheirPlaceOfAnotherPageToo(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("benchmarks.md");
    Files.writeString(
        page, "before\n\n<!-- written by side-by-side.sh -->\nold\n<!-- until here -->\n\nafter\n");

    report(new Goal("CPU", "bulk-8", Quantity.CPU_PER_GIB, "lbtk", To.NOTHING, 0.2))
        .write(folder, "A machine.");

    assertThat(page)
        .hasContent(
            """
            before

            <!-- written by side-by-side.sh -->
            | measure | of | to | must be | is | kept |
            |---|---|---|---|---|---|
            | bulk-8, CPU | `lbtk` | – | ≤ 0.200 s/GiB | 0.250 s/GiB | **no** |
            <!-- until here -->

            after
            """);
  }

  @Test
  void aBarIsAsLongAsItsMedianAndAllOfThePlotFits() throws Exception {
    List<Plot.Bar> bars =
        List.of(
            new Plot.Bar("a", new Range(5, 10, 20), "#000000"),
            new Plot.Bar("b", new Range(1, 5, 6), "#000000"));

    Document svg = parse(new Plot("A < B", Quantity.THROUGHPUT, bars).svg());

    var rectangles = svg.getElementsByTagName("rect");
    double first = width(rectangles.item(1));
    assertThat(width(rectangles.item(2))).isEqualTo(first / 2);
    double most = 150 + 2 * first;
    assertThat(most).isLessThan(Double.parseDouble(svg.getDocumentElement().getAttribute("width")));
    assertThat(svg.getElementsByTagName("text").item(0).getTextContent()).isEqualTo("A < B");
  }

  private static double width(org.w3c.dom.Node rectangle) {
    return Double.parseDouble(((Element) rectangle).getAttribute("width"));
  }

  private static Document parse(String svg) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg)));
    } catch (org.xml.sax.SAXException | javax.xml.parsers.ParserConfigurationException e) {
      throw new IOException("not well-formed: " + svg, e);
    }
  }
}
