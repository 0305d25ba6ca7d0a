package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.List;
import java.util.OptionalInt;

/** Creates a {@link TcpCheck}: {@code type = tcp}. */
@AutoService(HealthCheckProvider.class)
public final class TcpCheckProvider implements HealthCheckProvider {

  static final Option<Integer> PORT =
      Option.integer("port", 1, 65535).doc("Port to check, if it is not the target's own.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public TcpCheckProvider() {}

  @Override
  public String name() {
    return "tcp";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PORT);
  }

  @Override
  public String doc() {
    return "Passes if the target accepts a connection.";
  }

  @Override
  public HealthCheck create(Settings settings, Context context) {
    return new TcpCheck(
        context.name(), settings.find(PORT).map(OptionalInt::of).orElseGet(OptionalInt::empty));
  }
}
