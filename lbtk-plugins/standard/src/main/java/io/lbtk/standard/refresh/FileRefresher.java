package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.core.refresh.ReportGate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads targets from a file and reports them when it changes.
 *
 * <p>The file may be written in place, be replaced, be a symbolic link that is changed, or vanish
 * and come back, alone or with its directory: the content at the path counts, once it is stable. A
 * change is seen at once if the file system gives notice, and within the interval otherwise; only a
 * file that was written in place and has become shorter is given one more second, since a writer
 * may be in the middle of it.
 *
 * <pre>{@code
 * Refresher refresher = FileRefresher.of(Path.of("targets.txt"));
 * }</pre>
 *
 * <p><b>Threads.</b> Reads and reports on its scheduler.
 */
public final class FileRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(FileRefresher.class);

  /** Delay after a hint, so that a burst of hints causes a single read. */
  private static final Duration AFTER_HINT = Duration.ofMillis(10);

  private final Path path;
  private final String name;
  private final Duration interval;
  private final TaskExecutor thread;
  private final FileSource source;
  private final ReportGate gate = new ReportGate();
  private final AtomicBoolean hinted = new AtomicBoolean();
  private volatile @Nullable DirectoryWatch watch;
  private @Nullable Future<?> next;

  private FileRefresher(Builder builder, String name, TaskExecutor thread) {
    this.path = builder.path;
    this.name = name;
    this.interval = builder.interval;
    this.thread = thread;
    ListReader reader = new ListReader(name, path.toString(), builder.format);
    this.source = new FileSource(path, reader, builder.maxSize, interval, builder.ticker);
  }

  /** Returns a refresher of this file with default options. */
  public static FileRefresher of(Path path) {
    return builder(path).build();
  }

  /** Returns a builder for this file, which need not exist yet. */
  public static Builder builder(Path path) {
    return new Builder(path);
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    DirectoryWatch started = new DirectoryWatch(name, path.getFileSystem(), this::hint);
    watch = started;
    if (gate.isClosed()) {
      started.close();
    }
    thread.execute(this::look);
  }

  private void hint() {
    if (hinted.compareAndSet(false, true)) {
      var unused = thread.schedule(this::look, AFTER_HINT);
    }
  }

  private void look() {
    DirectoryWatch watching = watch;
    if (gate.isClosed() || watching == null) {
      return;
    }
    hinted.set(false);
    Duration again = interval;
    try {
      watching.watch(directories());
      FileSource.Look look = source.look();
      again = look.again();
      report(look.report());
    } catch (Throwable e) {
      report(Refresh.failure(path + " cannot be read: " + e, e));
    }
    if (next != null) {
      next.cancel(false);
    }
    next = thread.schedule(this::look, again);
  }

  private void report(@Nullable Refresh refresh) {
    if (refresh == null) {
      return;
    }
    try {
      gate.report(refresh);
    } catch (Throwable e) {
      source.forget();
      log.error("{}: failed to apply a report; the next one will be applied", name, e);
    }
  }

  /**
   * Returns the directories to watch: that of the path, and that of the file that it resolves to.
   */
  private Set<Path> directories() {
    Set<Path> directories = new HashSet<>();
    Path parent = path.toAbsolutePath().getParent();
    try {
      if (parent != null) {
        directories.add(parent.toRealPath());
      }
      Path realParent = path.toRealPath().getParent();
      if (realParent != null) {
        directories.add(realParent);
      }
    } catch (IOException e) {
      log.trace("{}: not there now", path, e);
    }
    return directories;
  }

  @Override
  public Mode mode() {
    return Mode.POLLED;
  }

  @Override
  public void close() {
    if (!gate.close()) {
      return;
    }
    DirectoryWatch watching = watch;
    if (watching != null) {
      watching.close();
    }
    thread.close();
  }

  /** Builds a {@link FileRefresher}. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final Path path;
    private ListFormat format = ListFormat.AUTO;
    private Duration interval = Provider.INTERVAL.defaultValue().orElseThrow();
    private long maxSize = ListReader.MAX_SIZE.defaultValue().orElseThrow();
    private Ticker ticker = Ticker.system();

    private Builder(Path path) {
      super("file");
      this.path = Objects.requireNonNull(path, "path");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the format of the list; detected from its first character by default. */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * Sets the time between two checks of the file, in addition to notice by the file system; 5
     * seconds by default.
     *
     * @throws IllegalArgumentException if the interval is not positive
     */
    public Builder interval(Duration interval) {
      this.interval = positive("interval", interval);
      return this;
    }

    /**
     * Sets the largest size of the file in bytes; 64 MiB by default. A larger file is refused.
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
    public FileRefresher build() {
      return new FileRefresher(this, name(), thread());
    }
  }

  /** Creates a {@link FileRefresher}: {@code type = file}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

    static final Option<Path> PATH =
        Option.path("path")
            .required()
            .position(0)
            .doc("Path of the file, which need not exist yet.");

    static final Option<Duration> INTERVAL =
        Option.duration("interval")
            .orElse(Duration.ofSeconds(5))
            .check(interval -> !interval.isZero(), "more than 0")
            .doc("Time between two checks of the file, besides notice by the file system.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "file";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(PATH, ListReader.FORMAT, INTERVAL, ListReader.MAX_SIZE);
    }

    @Override
    public String doc() {
      return "Targets in a file, which is read again when it changes.";
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      return FileRefresher.builder(settings.get(PATH))
          .name(context.name())
          .format(settings.get(ListReader.FORMAT))
          .interval(settings.get(INTERVAL))
          .maxSize(settings.get(ListReader.MAX_SIZE))
          .scheduler(context.scheduler())
          .ticker(context.ticker())
          .build();
    }
  }
}
