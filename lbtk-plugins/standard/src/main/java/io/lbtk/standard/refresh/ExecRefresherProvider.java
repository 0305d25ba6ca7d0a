package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.time.Duration;
import java.util.List;

/** Creates an {@link ExecRefresher}: {@code type = exec}. */
@AutoService(RefresherProvider.class)
public final class ExecRefresherProvider implements RefresherProvider {

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
  public ExecRefresherProvider() {}

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        COMMAND, INTERVAL, TIMEOUT, FileRefresherProvider.FORMAT, FileRefresherProvider.MAX_SIZE);
  }

  @Override
  public String doc() {
    return "Targets that a command prints.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    if (settings.get(INTERVAL).isZero() && settings.isSet(FileRefresherProvider.FORMAT)) {
      throw new SettingsException(
          context.name()
              + ": interval = 0 and a format (expected: no format, as what is kept running prints"
              + " text)");
    }
    return ExecRefresher.shellBuilder(settings.get(COMMAND))
        .name(context.name())
        .format(settings.get(FileRefresherProvider.FORMAT))
        .interval(settings.get(INTERVAL))
        .timeout(settings.get(TIMEOUT))
        .maxSize(settings.get(FileRefresherProvider.MAX_SIZE))
        .scheduler(context.scheduler())
        .ticker(context.ticker())
        .build();
  }
}
