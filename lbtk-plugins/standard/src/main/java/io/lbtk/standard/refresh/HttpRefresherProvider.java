package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.discovery.http.HttpOptions;
import java.util.List;

/** Creates a refresher of a URL by {@link HttpRefresher}: {@code type = http}. */
@AutoService(RefresherProvider.class)
public final class HttpRefresherProvider implements RefresherProvider {

  static final Option<String> ARRAY =
      pointer("array", "JSON pointer to the array of targets; the whole document by default.");

  static final Option<String> HOST =
      pointer("host", "JSON pointer to the host of a target; /host by default.");

  static final Option<String> PORT =
      Option.string("port")
          .check(
              port -> JsonPaths.isPointer(port) || JsonPaths.isPort(port),
              "a JSON pointer such as /port, or a port")
          .doc("JSON pointer to the port of a target, or the port of all; /port by default.");

  static final Option<String> ADDRESS =
      pointer("address", "JSON pointer to the host:port of a target, instead of host and port.");

  static final Option<String> WEIGHT = pointer("weight", "JSON pointer to the weight of a target.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public HttpRefresherProvider() {}

  private static Option<String> pointer(String name, String doc) {
    return Option.string(name)
        .check(JsonPaths::isPointer, "a JSON pointer such as /nodes/0")
        .doc(doc);
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public List<Option<?>> options() {
    return HttpOptions.and(
        HttpOptions.INTERVAL, FileRefresherProvider.FORMAT, ARRAY, HOST, PORT, ADDRESS, WEIGHT);
  }

  @Override
  public String doc() {
    return "Targets in the response of a URL: a list as in a file, or any JSON by pointers.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    HttpRefresher.Builder builder =
        HttpOptions.apply(settings, context, HttpRefresher.builder(settings.get(HttpOptions.URL)))
            .interval(settings.get(HttpOptions.INTERVAL))
            .format(settings.get(FileRefresherProvider.FORMAT));
    if (List.of(ARRAY, HOST, PORT, ADDRESS, WEIGHT).stream().anyMatch(settings::isSet)) {
      builder.paths(paths(settings, context));
    }
    return builder.build();
  }

  private static JsonPaths paths(Settings settings, Context context) {
    if (settings.isSet(ADDRESS) && (settings.isSet(HOST) || settings.isSet(PORT))) {
      throw new SettingsException(
          context.name() + ": address and host or port (expected: address, or host and port)");
    }
    if (settings.isSet(FileRefresherProvider.FORMAT)) {
      throw new SettingsException(
          context.name() + ": format and JSON pointers (expected: only one of them)");
    }
    return new JsonPaths(
        settings.find(ARRAY).orElse(""),
        settings.find(HOST).orElse("/host"),
        settings.find(PORT).orElse("/port"),
        settings.find(ADDRESS).orElse(null),
        settings.find(WEIGHT).orElse(null));
  }
}
