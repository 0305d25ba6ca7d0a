package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Creates a {@link FileRefresher}: {@code type = file}. */
@AutoService(RefresherProvider.class)
public final class FileRefresherProvider implements RefresherProvider {

  private static final long LARGEST = 1L << 30;

  static final Option<Path> PATH =
      Option.path("path").required().position(0).doc("Path of the file, which need not exist yet.");

  static final Option<ListFormat> FORMAT =
      Option.choice("format", ListFormat.class)
          .orElse(ListFormat.AUTO)
          .doc(
              "Format of the list. text: one target per line; json: file_sd of Prometheus, or"
                  + " {\"targets\":[{\"host\":…,\"port\":…}]}; oio-cluster: output of oio-cluster -r;"
                  + " auto: text or json, by the first character."
                  + " {\"targets\":[{\"host\":…,\"port\":…}]}; oio-cluster: what oio-cluster -r prints;"
                  + " auto: text or json, by the first character.");

  static final Option<Duration> INTERVAL =
      Option.duration("interval")
          .orElse(Duration.ofSeconds(5))
          .check(interval -> !interval.isZero(), "more than 0")
          .doc("Time between two checks of the file, besides notice by the file system.");

  static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 && size <= LARGEST, "1 to 1GiB")
          .doc("Largest size of a list; a larger one is refused.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public FileRefresherProvider() {}

  /**
   * Checks the largest size of a list.
   *
   * @return the size
   * @throws IllegalArgumentException if it is not 1 byte to 1 GiB
   */
  static long checkedSize(long bytes) {
    if (bytes < 1 || bytes > LARGEST) {
      throw new IllegalArgumentException("max-size %d (expected: 1 byte to 1GiB)".formatted(bytes));
    }
    return bytes;
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PATH, FORMAT, INTERVAL, MAX_SIZE);
  }

  @Override
  public String doc() {
    return "Targets in a file, which is read again when it changes.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return FileRefresher.builder(settings.get(PATH))
        .name(context.name())
        .format(settings.get(FORMAT))
        .interval(settings.get(INTERVAL))
        .maxSize(settings.get(MAX_SIZE))
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .build();
  }
}
