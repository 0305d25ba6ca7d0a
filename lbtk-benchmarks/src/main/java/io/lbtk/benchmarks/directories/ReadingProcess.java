package io.lbtk.benchmarks.directories;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Reads a directory in a process that does nothing else, and prints what that took. {@code KIND
 * PORT ENTRIES CHANGES} measures; with no changes it only shows that it works in the heap it has:
 * it reads all of it again and again beside what it has read before, and then sees a change.
 */
final class ReadingProcess {

  /** Longer than any pause between reads that hints can call for, unless reads take long. */
  private static final long REST_MILLIS = 200;

  /** No change is begun later than that. */
  private static final Duration FOR_CHANGES = Duration.ofSeconds(45);

  private static final int READS_AGAIN = 2;
  private static final double NANOS_PER_MILLI = 1e6;

  private final LargeKind kind;
  private final InetSocketAddress server;
  private final LastReports reports = new LastReports();
  private int entries;

  private ReadingProcess(LargeKind kind, InetSocketAddress server, int entries) {
    this.kind = kind;
    this.server = server;
    this.entries = entries;
  }

  /** Ends with exit code 0 if all of it was seen. */
  public static void main(String[] args) throws Exception {
    ReadingProcess reading =
        new ReadingProcess(
            LargeKind.valueOf(args[0]),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])),
            Integer.parseInt(args[2]));
    int changes = Integer.parseInt(args[3]);
    System.out.println(changes == 0 ? reading.works() : reading.measures(changes));
    // Not all threads of the clients are daemons.
    System.exit(0);
  }

  private String measures(int changes) throws Exception {
    try (EntryWriter writer = kind.writer(server);
        Refresher refresher = kind.refresher(server).build()) {
      long before = heldBytes();
      long first = start(refresher);
      long held = heldBytes() - before;
      List<Long> nanos = new ArrayList<>();
      long end = System.nanoTime() + FOR_CHANGES.toNanos();
      while (nanos.size() < changes && System.nanoTime() - end < 0) {
        TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
        nanos.add(add(writer));
      }
      Collections.sort(nanos);
      return new Measured(
              millis(first),
              nanos.size(),
              millis(nanos.get(nanos.size() / 2)),
              millis(nanos.get(nanos.size() - 1)),
              held)
          .toString();
    }
  }

  private String works() throws Exception {
    PolledRefresher.Builder<?> builder = kind.refresher(server).interval(Duration.ofMillis(1));
    try (EntryWriter writer = kind.writer(server);
        Refresher refresher = builder.build()) {
      long first = start(refresher);
      TimeUnit.NANOSECONDS.sleep(READS_AGAIN * first);
      add(writer);
      return "works";
    }
  }

  /** Until the first set. */
  private long start(Refresher refresher) throws Exception {
    long begin = System.nanoTime();
    refresher.start(reports);
    int found = reports.awaitFirst();
    long first = System.nanoTime() - begin;
    if (found < entries) {
      throw new IllegalStateException("%,d of %,d targets".formatted(found, entries));
    }
    // Others may have added some.
    entries = found;
    return first;
  }

  /** From before an entry is written until it is reported. */
  private long add(EntryWriter writer) throws Exception {
    long begin = System.nanoTime();
    writer.write(List.of(EntryWriter.target(entries)));
    writer.await();
    reports.awaitSize(++entries);
    return System.nanoTime() - begin;
  }

  private static long heldBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }

  /** Keeps the last set that a refresher has reported, and how large it has become. Thread-safe. */
  static final class LastReports implements RefreshListener {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private List<Target> last = List.of();
    private int size;
    private String failure = "no failure";

    @Override
    public synchronized void onRefresh(Refresh report) {
      if (report instanceof Refresh.Snapshot snapshot) {
        last = snapshot.targets();
        size = last.size();
      } else if (report instanceof Refresh.Delta delta) {
        size += delta.added().size() - delta.removed().size();
      } else if (report instanceof Refresh.Failure failed) {
        failure = failed.message();
        System.out.println("failure: " + failure);
      }
      notifyAll();
    }

    /**
     * Waits for the first set.
     *
     * @return its size
     * @throws TimeoutException if there is none within two minutes
     */
    int awaitFirst() throws InterruptedException, TimeoutException {
      await(() -> size > 0);
      return size();
    }

    /**
     * Waits until the set has a size.
     *
     * @throws TimeoutException if it has not within two minutes
     */
    void awaitSize(int wanted) throws InterruptedException, TimeoutException {
      await(() -> size == wanted);
    }

    private synchronized int size() {
      return size;
    }

    private synchronized void await(BooleanSupplier reached)
        throws InterruptedException, TimeoutException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!reached.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new TimeoutException("%,d targets; %s".formatted(size, failure));
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    }
  }

  /**
   * Results of a reading process.
   *
   * @param first milliseconds from the start of a refresher to its first set
   * @param changes how many entries were added, one after the other
   * @param changeP50 milliseconds from before an entry is added until it is reported, the median
   * @param changeWorst the same, the worst
   * @param heldBytes the heap that is held after the first set, and was not before
   */
  record Measured(double first, int changes, double changeP50, double changeWorst, long heldBytes) {

    /** Reads what {@link #toString} writes. */
    static Measured parse(String line) {
      String[] words = line.strip().split(" ");
      return new Measured(
          Double.parseDouble(words[0]),
          Integer.parseInt(words[1]),
          Double.parseDouble(words[2]),
          Double.parseDouble(words[3]),
          Long.parseLong(words[4]));
    }

    /** In one line. */
    @Override
    public String toString() {
      return first + " " + changes + " " + changeP50 + " " + changeWorst + " " + heldBytes;
    }
  }
}
