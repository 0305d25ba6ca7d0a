package example;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.PolledRefresher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory whose files are the targets: a service comes with {@code touch 10.0.0.1:80} and goes
 * with {@code rm 10.0.0.1:80}. Files whose names are no targets are skipped.
 *
 * <p>Only the read is here. {@link PolledRefresher} does the rest: the interval, the thread, what
 * becomes of an exception, and the end.
 */
final class DirectoryRefresher implements PolledRefresher.Source {

  private static final Comparator<Target> BY_NAME = Comparator.comparing(Target::hostPort);

  private final Path directory;

  DirectoryRefresher(Path directory) {
    this.directory = directory;
  }

  @Override
  public Refresh read() {
    try (Stream<Path> files = Files.list(directory)) {
      return Refresh.snapshot(files.flatMap(DirectoryRefresher::target).sorted(BY_NAME).toList());
    } catch (IOException e) {
      return Refresh.failure("the directory " + directory + " cannot be read", e);
    }
  }

  private static Stream<Target> target(Path file) {
    try {
      return Stream.of(Target.parse(file.getFileName().toString()));
    } catch (IllegalArgumentException e) {
      return Stream.empty();
    }
  }

  @Override
  public void close() {
    // Nothing is held between two reads.
  }

  /** What the launcher finds: {@code refresher.NAME.type = directory}. */
  public static final class Provider implements RefresherProvider {

    private static final Option<Path> PATH =
        Option.path("path").required().position(0).doc("The directory whose files are targets.");

    private static final Option<Duration> INTERVAL =
        Option.duration("interval")
            .orElse(Duration.ofSeconds(1))
            .check(interval -> !interval.isZero(), "more than 0")
            .doc("How often the directory is read.");

    /** Called by ServiceLoader. */
    public Provider() {}

    @Override
    public String name() {
      return "directory";
    }

    @Override
    public String doc() {
      return "A directory whose files are the targets.";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(PATH, INTERVAL);
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      return PolledRefresher.of(
          new DirectoryRefresher(settings.get(PATH)), settings.get(INTERVAL), context);
    }
  }
}
