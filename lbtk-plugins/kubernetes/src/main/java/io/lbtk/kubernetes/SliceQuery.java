package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.discovery.http.HttpCalls;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the EndpointSlices of a service.
 *
 * @param server the URL of the API server, or of what passes requests on to it
 * @param token null for none
 */
record SliceQuery(URI server, String namespace, String service, @Nullable TokenFile token) {

  /**
   * A request for all of them.
   *
   * @throws IOException if there is no token
   */
  HttpRequest.Builder list() throws IOException {
    return request("");
  }

  /**
   * A request for what happens to them.
   *
   * @param version since when
   * @param length when the server ends its answer
   * @throws IOException if there is no token
   */
  HttpRequest.Builder watch(String version, Duration length) throws IOException {
    return request(
        "&watch=1&allowWatchBookmarks=true&resourceVersion=%s&timeoutSeconds=%d"
            .formatted(encoded(version), length.toSeconds()));
  }

  private HttpRequest.Builder request(String further) throws IOException {
    String label = encoded("kubernetes.io/service-name=" + service);
    HttpRequest.Builder request =
        HttpCalls.request(uri("?labelSelector=" + label + further))
            .header("Accept", "application/json");
    if (token != null) {
      token.authorize(request);
    }
    return request.GET();
  }

  private URI uri(String query) {
    String path = server.getRawPath() == null ? "" : server.getRawPath().replaceAll("/+$", "");
    return URI.create(
        "%s://%s%s/apis/discovery.k8s.io/v1/namespaces/%s/endpointslices%s"
            .formatted(
                server.getScheme(), server.getRawAuthority(), path, encoded(namespace), query));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  /** What is asked, for people. */
  @Override
  public String toString() {
    return "%s of service %s".formatted(HttpCalls.shown(uri("")), service);
  }
}
