package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.core.refresh.Repeats;
import io.lbtk.core.refresh.ReportGate;
import io.lbtk.standard.process.CommandRun;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads targets from the output of a command.
 *
 * <p>With an interval the command runs repeatedly, and prints one list each time, as text or JSON;
 * exit code 0 means that the list is complete. Without an interval it keeps running and prints
 * lists as text, each ended by a blank line; when it exits, it is restarted after one second, and
 * after up to 30 seconds if it keeps exiting early.
 *
 * <p>Its stderr is logged. Its stdin is closed. It is terminated with its descendants on timeout
 * and on {@link #close}; processes that have detached themselves are not found. {@link #close} may
 * take a second, if a process ignores SIGTERM.
 *
 * <pre>{@code
 * Refresher refresher = ExecRefresher.shell("kubectl get endpoints … | tr ' ' '\n'");
 * }</pre>
 *
 * <p><b>Threads.</b> Reports from a daemon thread, one for each run.
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
    this.shown = "\"" + PrintableText.of(builder.shown, MAX_SHOWN) + "\"";
    this.interval = builder.interval;
    this.timeout = builder.timeout;
    this.maxSize = builder.maxSize;
    this.timer = timer;
    this.ticker = builder.ticker;
    this.command = new CommandRun(builder.command, name, shown, ticker);
    this.reader = new ListReader(name, shown, builder.format);
    this.repeats = new Repeats(mode());
  }

  /** Returns a refresher that runs this shell command with default options. */
  public static ExecRefresher shell(String command) {
    return shellBuilder(command).build();
  }

  /** Returns a builder for a shell command, which {@code /bin/sh -c} runs. */
  public static Builder shellBuilder(String command) {
    return new Builder(List.of("/bin/sh", "-c", command), command);
  }

  /**
   * Returns a builder for a program.
   *
   * @param command the program and its arguments
   * @throws IllegalArgumentException if the command is empty
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
        // Too many threads for now: try again later, or no further run would be scheduled.
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

  /**
   * Runs the command once and returns the delay until the next run, so that runs start one interval
   * apart.
   */
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

  /**
   * Runs the command until it exits and returns the delay before its restart, which doubles if the
   * command ran for less than that.
   */
  private Duration keepRunning() {
    long start = ticker.nanoTime();
    String end = shown + " ended with exit code 0";
    try {
      // A last list without a blank line is complete only if the exit code is 0.
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
      log.error("{}: failed to apply a report; the next one will be applied", name, e);
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

  /** Builds an {@link ExecRefresher}. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final List<String> command;
    private final String shown;
    private ListFormat format = ListFormat.AUTO;
    private Duration interval = Provider.INTERVAL.defaultValue().orElseThrow();
    private Duration timeout = Provider.TIMEOUT.defaultValue().orElseThrow();
    private long maxSize = ListReader.MAX_SIZE.defaultValue().orElseThrow();
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
     * Sets the format of a list that is printed every interval; detected from its first character
     * by default. A command that is kept running prints text.
     */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * Sets the time from the start of one run to the start of the next; zero keeps the command
     * running; 5 seconds by default. A run that takes longer is followed by the next at once.
     *
     * @throws IllegalArgumentException if the interval is negative
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
     * Sets the timeout of one run; 10 seconds by default. A command that is kept running has none.
     *
     * @throws IllegalArgumentException if the timeout is not positive
     */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /**
     * Sets the largest size of a list in bytes; 64 MiB by default. A larger list is refused.
     *
     * @throws IllegalArgumentException if the size is not 1 byte to 1 GiB
     */
    public Builder maxSize(long bytes) {
      this.maxSize = ListReader.checkedSize(bytes);
      return this;
    }

    /** Sets the clock, which must match the scheduler; the system's by default. */
    public Builder ticker(Ticker ticker) {
      this.ticker = Objects.requireNonNull(ticker, "ticker");
      return this;
    }

    /** Returns a refresher, not yet started. */
    public ExecRefresher build() {
      return new ExecRefresher(this, name(), thread());
    }
  }

  /** Creates an {@link ExecRefresher}: {@code type = exec}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

    static final Option<String> COMMAND =
        Option.string("command")
            .check(command -> !command.isBlank(), "a shell command")
            .required()
            .position(0)
            .sentence()
            .doc("Command that /bin/sh -c runs; it prints a list of targets.");

    static final Option<Duration> INTERVAL =
        Option.duration("interval")
            .orElse(Duration.ofSeconds(5))
            .doc(
                "Time between the starts of two runs; 0 keeps the command running: it prints lists,"
                    + " each ended by a blank line."
                    + " line.");

    static final Option<Duration> TIMEOUT =
        Option.duration("timeout")
            .orElse(Duration.ofSeconds(10))
            .check(timeout -> !timeout.isZero(), "more than 0")
            .doc("Time after which a run is terminated; not for a command that is kept running.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "exec";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(COMMAND, INTERVAL, TIMEOUT, ListReader.FORMAT, ListReader.MAX_SIZE);
    }

    @Override
    public String doc() {
      return "Targets that a command prints.";
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      if (settings.get(INTERVAL).isZero() && settings.isSet(ListReader.FORMAT)) {
        throw new SettingsException(
            context.name()
                + ": interval = 0 and a format (expected: no format, as what is kept running prints"
                + " text)");
      }
      return ExecRefresher.shellBuilder(settings.get(COMMAND))
          .name(context.name())
          .format(settings.get(ListReader.FORMAT))
          .interval(settings.get(INTERVAL))
          .timeout(settings.get(TIMEOUT))
          .maxSize(settings.get(ListReader.MAX_SIZE))
          .scheduler(context.scheduler())
          .ticker(context.ticker())
          .build();
    }
  }
}
