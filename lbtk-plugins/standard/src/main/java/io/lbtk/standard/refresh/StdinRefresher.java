package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.core.refresh.Repeats;
import io.lbtk.core.refresh.ReportGate;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lists of targets from an input stream, by default the standard input.
 *
 * <p>One target per line. One or more blank lines end a list, and so does the end of the input
 * after at least one line. Each list replaces the last; a list without a target is refused. At the
 * end of the input the last list stays. A list that is not ended after 5 seconds is logged, since
 * it has no effect until then.
 *
 * <p><b>Threads.</b> Reports from a daemon thread of its own. A blocking read cannot be
 * interrupted: after {@link #close} the thread ends with the next input, which is discarded. The
 * input is not closed.
 */
public final class StdinRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(StdinRefresher.class);
  private static final String SOURCE = "stdin";
  private static final Duration UNENDED = Duration.ofSeconds(5);

  private final String name;
  private final TaskExecutor timer;
  private final ReportGate gate = new ReportGate();
  private final Repeats repeats = new Repeats(Mode.STATED);
  private final AtomicLong lists = new AtomicLong();
  private final ListStream stream;

  private StdinRefresher(Builder builder, String name, TaskExecutor timer) {
    this.name = name;
    this.timer = timer;
    this.stream =
        new ListStream(builder.input, name, SOURCE, builder.maxSize, this::begun, this::report);
  }

  /** Returns a refresher of the standard input. */
  public static StdinRefresher create() {
    return builder().build();
  }

  /** Returns a builder for lists on the standard input or another stream. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    Thread thread = new Thread(this::read, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      stream.readAll();
      stream.end();
      if (lists.get() == 0) {
        gate.report(Refresh.failure(SOURCE + " has ended, and no list of targets was in it"));
      } else if (!gate.isClosed()) {
        log.info("{}: {} has ended; the last list stays", name, SOURCE);
      }
    } catch (Throwable e) {
      gate.report(
          Refresh.failure("%s cannot be read any more: %s".formatted(SOURCE, e.getMessage()), e));
    }
  }

  private void report(Refresh list) {
    lists.incrementAndGet();
    try {
      if (repeats.isNews(list)) {
        gate.report(list);
      }
    } catch (Throwable e) {
      repeats.forget();
      log.error("{}: failed to apply a list; the next one will be applied", name, e);
    }
  }

  private void begun() {
    long list = stream.openList();
    var unused = timer.schedule(() -> warnIfOpen(list), UNENDED);
  }

  private void warnIfOpen(long list) {
    if (!gate.isClosed() && stream.openList() == list) {
      log.warn(
          "{}: a list on {} is not ended after {}s (expected: a blank line after its last target)",
          name,
          SOURCE,
          UNENDED.toSeconds());
    }
  }

  @Override
  public Mode mode() {
    return Mode.STATED;
  }

  @Override
  public void close() {
    if (gate.close()) {
      timer.close();
    }
  }

  /** Builds a {@link StdinRefresher}. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private InputStream input = System.in;
    private long maxSize = ListReader.MAX_SIZE.defaultValue().orElseThrow();

    private Builder() {
      super("stdin");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the input, which the caller closes; {@link System#in} by default. */
    public Builder input(InputStream input) {
      this.input = Objects.requireNonNull(input, "input");
      return this;
    }

    /**
     * Sets the largest size of a list in bytes; 64 MiB by default. A larger list is refused.
     *
     * @throws IllegalArgumentException if the size is not positive
     */
    public Builder maxSize(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("max-size %d (expected: more than 0)".formatted(bytes));
      }
      this.maxSize = bytes;
      return this;
    }

    /** Returns a refresher, not yet started. */
    public StdinRefresher build() {
      return new StdinRefresher(this, name(), thread());
    }
  }

  /** Creates a {@link StdinRefresher}: {@code type = stdin}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "stdin";
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public String doc() {
      return "Lists of targets on the standard input; a blank line ends a list.";
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      return StdinRefresher.builder().name(context.name()).scheduler(context.scheduler()).build();
    }
  }
}
