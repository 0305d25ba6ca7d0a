package io.lbtk.standard.health;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.HealthCheck;
import io.lbtk.api.HealthCheckProvider;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import java.util.List;
import java.util.OptionalInt;

/** Creates an {@link HttpCheck}: {@code type = http}. */
@AutoService(HealthCheckProvider.class)
public final class HttpCheckProvider implements HealthCheckProvider {

  static final Option<String> PATH =
      Option.string("path")
          .orElse("/")
          .check(path -> path.startsWith("/"), "a path such as /ready")
          .position(0)
          .doc("Path of the request.");

  static final Option<StatusRange> STATUS =
      Option.of(
              "status",
              "a status or a range of statuses, such as 200-399",
              StatusRange::parse,
              StatusRange::toString)
          .orElse(new StatusRange(200, 399))
          .doc("Status or range of statuses that passes.");

  static final Option<String> EXPECT =
      Option.string("expect").doc("Text that the response body must contain.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public HttpCheckProvider() {}

  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(PATH, TcpCheckProvider.PORT, STATUS, EXPECT);
  }

  @Override
  public String doc() {
    return "Passes if the target answers GET with an expected status.";
  }

  @Override
  public HealthCheck create(Settings settings, Context context) {
    return new HttpCheck(
        context.name(),
        settings.get(PATH),
        settings.find(TcpCheckProvider.PORT).map(OptionalInt::of).orElseGet(OptionalInt::empty),
        settings.get(STATUS),
        settings.find(EXPECT).orElse(null));
  }
}
