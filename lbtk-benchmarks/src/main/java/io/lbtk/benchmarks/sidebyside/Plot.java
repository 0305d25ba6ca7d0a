package io.lbtk.benchmarks.sidebyside;

import java.util.List;
import java.util.Locale;

/** Bars, one below the other: medians, and the range as a line over each. As SVG 1.1. */
final class Plot {

  /**
   * One of them.
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
   * Draws nothing yet.
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
    double most = bars.stream().mapToDouble(bar -> Math.max(0, bar.range().max())).max().orElse(0);
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
