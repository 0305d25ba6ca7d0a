package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.part.ComponentBuilder;
import io.lbtk.core.part.TaskExecutor;
import io.lbtk.core.refresh.ReportGate;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Targets that stand in a file.
 *
 * <p>The file may be written to, be replaced by another of its name, be a link that comes to lead
 * elsewhere, vanish and come back, with its directory or alone: what counts is what stands at the
 * path, once it has come to rest. A change is seen at once where the system tells of it, and within
 * the interval everywhere; only a file that was written to and has become shorter is given a second
 * more, since somebody may be writing it line by line.
 *
 * <pre>{@code
 * Refresher refresher = FileRefresher.of(Path.of("targets.txt"));
 * }</pre>
 *
 * <p>It reports from its scheduler, where it also reads.
 */
public final class FileRefresher implements Refresher {

  private static final Logger log = LoggerFactory.getLogger(FileRefresher.class);

  /** One burst of hints is one look. */
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

  /** The targets in this file, with defaults for everything else. */
  public static FileRefresher of(Path path) {
    return builder(path).build();
  }

  /** A builder for the targets in this file, which need not be there yet. */
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
      log.error("{}: a report could not be taken over; the next one will be", name, e);
    }
  }

  /** Where something would happen: beside the path, and beside the file that it leads to. */
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

  /** Makes a refresher of a file. */
  public static final class Builder extends ComponentBuilder<Builder> {

    private final Path path;
    private ListFormat format = ListFormat.AUTO;
    private Duration interval = FileRefresherProvider.INTERVAL.defaultValue().orElseThrow();
    private long maxSize = FileRefresherProvider.MAX_SIZE.defaultValue().orElseThrow();
    private Ticker ticker = Ticker.system();

    private Builder(Path path) {
      super("file");
      this.path = Objects.requireNonNull(path, "path");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** How the list is written; told by its first character by default. */
    public Builder format(ListFormat format) {
      this.format = Objects.requireNonNull(format, "format");
      return this;
    }

    /**
     * How often to look, beside the hints of the system; 5 seconds by default.
     *
     * @throws IllegalArgumentException if it is not more than 0
     */
    public Builder interval(Duration interval) {
      this.interval = positive("interval", interval);
      return this;
    }

    /**
     * A file with more bytes is not read; 64 MiB by default.
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
    public FileRefresher build() {
      return new FileRefresher(this, name(), thread());
    }
  }
}
