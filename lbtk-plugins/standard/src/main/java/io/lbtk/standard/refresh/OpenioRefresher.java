package io.lbtk.standard.refresh;

import com.fasterxml.jackson.core.JsonPointer;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.UrlBuilder;
import io.lbtk.discovery.json.TreeReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
    private String path = OpenioRefresherProvider.PATH.defaultValue().orElseThrow();

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
}
