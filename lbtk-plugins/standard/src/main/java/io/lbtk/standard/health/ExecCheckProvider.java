package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.List;

/** Creates an {@link ExecCheck}: {@code type = exec}. */
@AutoService(HealthCheckProvider.class)
public final class ExecCheckProvider implements HealthCheckProvider {

  static final Option<String> COMMAND =
      Option.string("command")
          .check(command -> !command.isBlank(), "a shell command")
          .required()
          .position(0)
          .doc("Command that /bin/sh -c runs; $1 is the target, $2 its host, $3 its port.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
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
    return "Passes if a command exits with code 0.";
  }

  @Override
  public HealthCheck create(Settings settings, Context context) {
    return new ExecCheck(context.name(), settings.get(COMMAND), context.ticker());
  }
}
