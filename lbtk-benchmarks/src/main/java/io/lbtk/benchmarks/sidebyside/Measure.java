package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A measurement that is taken of each peer in turn. */
interface Measure {

  /** Returns the name, as used by {@code --only}. */
  String name();

  String title();

  /** Returns a description of the measurement for the report. */
  String about();

  /** Returns the measured quantities; the first is the main one. */
  List<Quantity> quantities();

  boolean suits(Peer peer);

  /** Returns the number of warm-up runs per peer. */
  int warmUps();

  /** Measures a peer once. */
  Map<Quantity, Double> take(Peer peer) throws IOException, InterruptedException;

  /** Quantity that a measure reports. */
  enum Quantity {
    THROUGHPUT("throughput", "Gbit/s", 1, true),
    CPU_PER_GIB("CPU of the proxy", "s/GiB", 3, false),
    MACHINE_CPU_PER_GIB("CPU of the machine", "s/GiB", 2, false),
    CONNECTIONS("new connections", "/s", 0, true),
    CPU_PER_10K("CPU of the proxy", "s/10,000", 3, false),
    TOKENS_CPU_PER_10K("CPU of the token port", "s/10,000", 3, false),
    LOAD_CPU_PER_10K("CPU of client and backend", "s/10,000", 3, false),
    MACHINE_CPU_PER_10K("CPU of the machine", "s/10,000", 3, false),
    P50("p50", "µs", 1, false),
    P99("p99", "µs", 1, false),
    CPU_PER_100K("CPU of the proxy", "s/100,000", 3, false),
    RESIDENT("resident at start", "MiB", 1, false),
    PROPORTIONAL("of which its share", "MiB", 1, false),
    PER_TUNNEL("an idle tunnel", "KiB", 2, false),
    FIRST_BYTE("start to first byte", "ms", 1, false);

    private final String title;
    private final String unit;
    private final int digits;
    private final boolean moreIsBetter;

    Quantity(String title, String unit, int digits, boolean moreIsBetter) {
      this.title = title;
      this.unit = unit;
      this.digits = digits;
      this.moreIsBetter = moreIsBetter;
    }

    String title() {
      return title;
    }

    String unit() {
      return unit;
    }

    boolean moreIsBetter() {
      return moreIsBetter;
    }

    /** A value without its unit. */
    String text(double value) {
      return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,." + digits + "f", value);
    }
  }
}
