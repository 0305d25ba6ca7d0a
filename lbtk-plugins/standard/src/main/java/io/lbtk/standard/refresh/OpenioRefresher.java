package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.HttpOptions;
import io.lbtk.discovery.http.UrlBuilder;
import io.lbtk.discovery.json.TreeReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * Reads the services of one type from the proxy of an OpenIO SDS namespace; their scores become
 * weights.
 *
 * <pre>{@code
 * Refresher refresher =
 *     OpenioRefresher.builder(URI.create("http://127.0.0.1:6006"), "OPENIO", "rawx").build();
 * }</pre>
 */
public final class OpenioRefresher {

  private OpenioRefresher() {}

  /**
   * Returns a builder.
   *
   * @param proxy the URL of the OpenIO proxy, without a path
   * @param namespace the namespace
   * @param service the type of the services: {@code rawx}
   * @throws IllegalArgumentException if the URL is not http or https, or has no host
   */
  public static Builder builder(URI proxy, String namespace, String service) {
    return new Builder(proxy, namespace, service);
  }

  /** Builds a refresher of the services of one type. */
  public static final class Builder extends UrlBuilder<Builder> {

    private final String namespace;
    private final String service;
    private OpenioScore score = OpenioScore.SCORE;
    private String path = Provider.PATH.defaultValue().orElseThrow();

    private Builder(URI proxy, String namespace, String service) {
      super("openio", proxy);
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      this.service = Objects.requireNonNull(service, "service");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /** Sets the score that becomes the weight; the general score by default. */
    public Builder score(OpenioScore score) {
      this.score = Objects.requireNonNull(score, "score");
      return this;
    }

    /**
     * Sets the path at which the proxy lists services; {@code {namespace}} and {@code {service}}
     * are replaced. By default {@code /v3.0/{namespace}/conscience/list?type={service}}; proxies
     * from before 2015 have {@code /v2.0/cs/{namespace}/{service}} or {@code
     * /v1.0/cs/{namespace}/{service}}.
     *
     * @throws IllegalArgumentException if it does not begin with a slash
     */
    public Builder path(String path) {
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("path \"%s\" (expected: /…)".formatted(path));
      }
      this.path = path;
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      String list =
          path.replace("{namespace}", encoded(namespace)).replace("{service}", encoded(service));
      URI asked = url().resolve(list);
      return new HttpSource(
          asked,
          calls(),
          timeout(),
          new TreeReader(
              name(), HttpCalls.shown(asked), JsonPointer.empty(), new OpenioService(score)));
    }

    private static String encoded(String word) {
      return URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
    }
  }

  /** Creates a refresher of services of OpenIO SDS: {@code type = openio}. */
  @AutoService(RefresherProvider.class)
  public static final class Provider implements RefresherProvider {

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
            .doc(
                "Path of the list of services; older proxies have /v2.0/cs/{namespace}/{service}.");

    /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
    public Provider() {}

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
}
