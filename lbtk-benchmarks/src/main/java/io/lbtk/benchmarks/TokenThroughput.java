package io.lbtk.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Exchanges as fast as they can, in turns: each runs for some seconds in each round while the
 * others rest, so that all meet the same machine.
 */
final class TokenThroughput {

  private static final int SETTLE_MILLIS = 200;

  private final List<TokenExchange> exchanges;

  /** These exchanges stay the caller's, who closes them. The first is what others compare to. */
  TokenThroughput(List<TokenExchange> exchanges) {
    this.exchanges = exchanges;
  }

  /** Runs a round that does not count, then the others, and prints a line for each exchange. */
  void measure(int rounds, int seconds) throws InterruptedException {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double[][] perSecond = new double[exchanges.size()][rounds];
    double[][] micros = new double[exchanges.size()][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i : order(round)) {
        TokenExchange exchange = exchanges.get(i);
        long answers = exchange.answers();
        long cpu = machine.getProcessCpuTime();
        long start = System.nanoTime();
        exchange.start();
        TimeUnit.SECONDS.sleep(seconds);
        exchange.stop();
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        if (round >= 0) {
          double count = exchange.answers() - answers;
          perSecond[i][round] = count * 1e9 / (System.nanoTime() - start);
          micros[i][round] = (machine.getProcessCpuTime() - cpu) / 1000.0 / count;
        }
      }
    }
    print(perSecond, micros);
  }

  /** Forth and back, so that none always follows the same. */
  private List<Integer> order(int round) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < exchanges.size(); i++) {
      order.add(round % 2 == 0 ? i : exchanges.size() - 1 - i);
    }
    return order;
  }

  private void print(double[][] perSecond, double[][] micros) {
    for (int i = 0; i < exchanges.size(); i++) {
      double[] ratios = new double[perSecond[i].length];
      for (int round = 0; round < ratios.length; round++) {
        ratios[round] = perSecond[i][round] / perSecond[0][round];
      }
      double[] rates = sorted(perSecond[i]);
      System.out.println(
          String.format(
              Locale.ROOT,
              "  %-28s %,d answers/s [%,d, %,d], %.1f us of CPU each, both ends; %.2f of the first",
              exchanges.get(i).name(),
              Math.round(median(rates)),
              Math.round(rates[0]),
              Math.round(rates[rates.length - 1]),
              median(sorted(micros[i])),
              median(sorted(ratios))));
    }
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }
}
