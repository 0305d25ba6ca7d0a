package io.lbtk.standard.refresh;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.discovery.http.HttpOptions;
import java.util.List;

/** Creates a refresher of services of OpenIO SDS: {@code type = openio}. */
@AutoService(RefresherProvider.class)
public final class OpenioRefresherProvider implements RefresherProvider {

  static final Option<String> NAMESPACE =
      Option.string("namespace")
          .check(name -> !name.isBlank(), "the name of a namespace")
          .required()
          .position(1)
          .doc("Namespace: OPENIO.");

  static final Option<String> SERVICE =
      Option.string("service")
          .check(name -> !name.isBlank(), "a type of services")
          .required()
          .position(2)
          .doc("Type of the services: rawx.");

  static final Option<OpenioScore> SCORE =
      Option.choice("score", OpenioScore.class)
          .orElse(OpenioScore.SCORE)
          .doc(
              "Score that becomes the weight: the general one, that for writing or that for reading.");

  static final Option<String> PATH =
      Option.string("path")
          .orElse("/v3.0/{namespace}/conscience/list?type={service}")
          .check(path -> path.startsWith("/"), "a path such as /v2.0/cs/{namespace}/{service}")
          .doc("Path of the list of services; older proxies have /v2.0/cs/{namespace}/{service}.");

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public OpenioRefresherProvider() {}

  @Override
  public String name() {
    return "openio";
  }

  @Override
  public List<Option<?>> options() {
    return HttpOptions.and(HttpOptions.INTERVAL, NAMESPACE, SERVICE, SCORE, PATH);
  }

  @Override
  public String doc() {
    return "Services of OpenIO SDS, as its proxy lists them; scores become weights.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    return HttpOptions.apply(
            settings,
            context,
            OpenioRefresher.builder(
                settings.get(HttpOptions.URL), settings.get(NAMESPACE), settings.get(SERVICE)))
        .interval(settings.get(HttpOptions.INTERVAL))
        .score(settings.get(SCORE))
        .path(settings.get(PATH))
        .build();
  }
}
