package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.core.refresh.Repeats;
import io.lbtk.core.refresh.ReportGate;
import io.lbtk.discovery.Printable;
import io.lbtk.standard.process.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Targets that a command prints.
 *
 * <p>With an interval the command is run again and again, and prints one list each time, as text or
 * JSON; exit code 0 says that the list is whole. Without one it is kept running and prints lists as
 * text, of which each is ended by a blank line; when it ends, it is started again, after one second
 * at first and after up to 30 if it goes on to end as soon as it was started.
 *
 * <p>What it prints on stderr goes into the log. It has no input. It is ended with all that it has
 * started, when it takes too long and on {@link #close}; what has detached itself from it is not
 * found. {@link #close} may take a second, where a process does not end when asked.
 *
 * <pre>{@code
 * Refresher refresher = ExecRefresher.shell("kubectl get endpoints … | tr ' ' '\n'");
 * }</pre>
 *
 * <p>It reports from a daemon thread of its own, one for each run.
 */
public final class ExecRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(ExecRefresher.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MAX_SHOWN = 80;

  private final String name;
  private final String shown;
  private final Duration interval;
  private final Duration timeout;
  private final long maxSize;
  private final TaskExecutor timer;
  private final Ticker ticker;
  private final CommandRun command;
  private final ListReader reader;
  private final Repeats repeats;
  private final ReportGate gate = new ReportGate();
  private Duration pause = FIRST_PAUSE;

  private ExecRefresher(Builder builder, String name, TaskExecutor timer) {
    this.name = name;
    this.shown = "\"" + Printable.line(builder.shown, MAX_SHOWN) + "\"";
    this.interval = builder.interval;
    this.timeout = builder.timeout;
    this.maxSize = builder.maxSize;
    this.timer = timer;
    this.ticker = builder.ticker;
    this.command = new CommandRun(builder.command, name, shown, ticker);
    this.reader = new ListReader(name, shown, builder.format);
    this.repeats = new Repeats(mode());
  }

  /** What this command of the shell prints, with defaults for everything else. */
  public static ExecRefresher shell(String command) {
    return shellBuilder(command).build();
  }

  /** A builder for what a command prints, which {@code /bin/sh -c} runs. */
  public static Builder shellBuilder(String command) {
    return new Builder(List.of("/bin/sh", "-c", command), command);
  }

  /**
   * A builder for what a program prints.
   *
   * @param command the program and its arguments
   * @throws IllegalArgumentException if it is empty
   */
  public static Builder builder(List<String> command) {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command (expected: a program and its arguments)");
    }
    return new Builder(List.copyOf(command), String.join(" ", command));
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    startRun();
  }

  private void startRun() {
    if (!gate.isClosed()) {
      Thread thread = new Thread(this::run, name);
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError e) {
        // There are too many threads now; a run that never starts would be the last.
        report(Refresh.failure(shown + ": no thread to run it: " + e, e));
        var unused = timer.schedule(this::startRun, LONGEST_PAUSE);
      }
    }
  }

  private void run() {
    Duration again = pause;
    try {
      again = interval.isZero() ? keepRunning() : runOnce();
    } catch (Throwable e) {
      report(Refresh.failure(shown + ": " + e, e));
    }
    if (!gate.isClosed()) {
      var unused = timer.schedule(this::startRun, again);
    }
  }

  /** Returns how long to wait for the next run, so that runs begin an interval after each other. */
  private Duration runOnce() {
    long start = ticker.nanoTime();
    try {
      report(command.run(timeout, this::readList));
    } catch (CommandRun.RunException e) {
      report(Refresh.failure(String.valueOf(e.getMessage())));
    }
    Duration left = interval.minusNanos(ticker.nanoTime() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Refresh readList(InputStream output) throws IOException {
    byte[] list = output.readNBytes((int) Math.min(maxSize + 1, Integer.MAX_VALUE - 16));
    if (list.length > maxSize) {
      throw new IOException("it prints more than %d bytes (max-size)".formatted(maxSize));
    }
    return reader.read(list);
  }

  /** Returns how long to wait before it is started again: longer, if it ended sooner than that. */
  private Duration keepRunning() {
    long start = ticker.nanoTime();
    String end = shown + " ended with exit code 0";
    try {
      // Only a good end says of a list without a blank line after it that it is whole.
      command.run(Duration.ZERO, this::readLists).end();
    } catch (CommandRun.RunException e) {
      end = String.valueOf(e.getMessage());
    }
    report(Refresh.failure(end + "; it will be started again"));
    if (ticker.nanoTime() - start >= pause.toNanos()) {
      pause = FIRST_PAUSE;
    }
    Duration wait = pause;
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    return wait;
  }

  private ListStream readLists(InputStream output) throws IOException {
    ListStream lists = new ListStream(output, name, shown, maxSize, () -> {}, this::report);
    lists.readAll();
    return lists;
  }

  private void report(Refresh refresh) {
    try {
      if (repeats.isNews(refresh)) {
        gate.report(refresh);
      }
    } catch (Throwable e) {
      repeats.forget();
      log.error("{}: a report could not be taken over; the next one will be", name, e);
    }
  }

  @Override
  public Mode mode() {
    return interval.isZero() ? Mode.PUSHED : Mode.POLLED;
  }

  @Override
  public void close() {
    if (gate.close()) {
      command.close();
      timer.close();
    }
  }

  /** Makes a refresher of a command. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final List<String> command;
    private final String shown;
    private ListFormat format = ListFormat.AUTO;
    private Duration interval = ExecRefresherProvider.INTERVAL.defaultValue().orElseThrow();
    private Duration timeout = ExecRefresherProvider.TIMEOUT.defaultValue().orElseThrow();
    private long maxSize = FileRefresherProvider.MAX_SIZE.defaultValue().orElseThrow();
    private Ticker ticker = Ticker.system();

    private Builder(List<String> command, String shown) {
      super("exec");
      this.command = command;
      this.shown = shown;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * How a list is written that is printed every interval; told by its first character by default.
     * What is kept running prints text.
     */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * From the start of one run to that of the next, or zero to keep the command running; 5 seconds
     * by default. A run that takes longer is followed by the next at once.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder interval(Duration interval) {
      if (interval.isNegative()) {
        throw new IllegalArgumentException(
            "interval %s (expected: not negative)".formatted(interval));
      }
      this.interval = interval;
      return this;
    }

    /**
     * How long one run may take; 10 seconds by default. A command that is kept running has no
     * limit.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * A list with more bytes is refused; 64 MiB by default.
     *
     * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
     */
    public Builder maxSize(long bytes) {
      this.maxSize = FileRefresherProvider.checkedSize(bytes);
      return this;
    }

    /** The clock; it goes with the scheduler. By default that of the machine. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /** The refresher, not started yet. */
    public ExecRefresher build() {
      return new ExecRefresher(this, name(), thread());
    }
  }
}
