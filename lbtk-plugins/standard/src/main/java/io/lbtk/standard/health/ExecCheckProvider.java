package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.List;

/** {@code type = exec}: makes an {@link ExecCheck}. */
@AutoService(HealthCheckProvider.class)
public final class ExecCheckProvider implements HealthCheckProvider {

  static final Option<String> COMMAND =
      Option.string("command")
          .check(command -> !command.isBlank(), "a command of the shell")
          .required()
          .position(0)
          .doc("What /bin/sh -c runs; $1 is the target, $2 its host, $3 its port.");

  /** For the service loader. */
  public ExecCheckProvider() {}

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(COMMAND);
  }

  @Override
  public String doc() {
    return "Passes where a command ends with exit code 0.";
  }

  @Override
  public HealthCheck create(Settings settings, Context context) {
    return new ExecCheck(context.name(), settings.get(COMMAND), context.ticker());
  }
}
