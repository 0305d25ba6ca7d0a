package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.ReportGate;
import java.util.Arrays;
import java.util.List;

/**
 * Reports a fixed list of targets.
 *
 * <pre>{@code
 * StaticRefresher.of("10.0.0.1:80", "10.0.0.2:80 weight=2")
 * }</pre>
 *
 * <p><b>Threads.</b> It has none: {@link #start} reports the targets before it returns.
 */
public final class StaticRefresher implements Refresher {

  private final List<Target> targets;
  private final ReportGate gate = new ReportGate();

  private StaticRefresher(List<Target> targets) {
    this.targets = List.copyOf(targets);
  }

  /**
   * Returns a refresher of these targets, each as {@link Target#parse} reads it.
   *
   * @throws IllegalArgumentException if one is not a target; the message names it
   */
  public static StaticRefresher of(String... targets) {
    return new StaticRefresher(Arrays.stream(targets).map(Target::parse).toList());
  }

  /** Returns a refresher of these targets. */
  public static StaticRefresher of(List<Target> targets) {
    return new StaticRefresher(targets);
  }

  @Override
  public void start(RefreshListener listener) {
    gate.open(listener);
    gate.report(Refresh.snapshot(targets));
  }

  @Override
  public Mode mode() {
    return Mode.STATED;
  }

  @Override
  public void close() {
    gate.close();
  }

  /** Creates a {@link StaticRefresher}: {@code type = static}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

    static final Option<List<Target>> TARGETS =
        Option.target("targets")
            .list()
            .check(targets -> !targets.isEmpty(), "at least one target, host:port")
            .required()
            .position(0)
            .doc("Targets, separated by commas: host:port, then key=value.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

    @Override
    public String name() {
      return "static";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(TARGETS);
    }

    @Override
    public String doc() {
      return "Fixed targets, listed in the settings.";
    }

    @Override
    public Refresher create(Settings settings, Context context) {
      return StaticRefresher.of(settings.get(TARGETS));
    }
  }
}
