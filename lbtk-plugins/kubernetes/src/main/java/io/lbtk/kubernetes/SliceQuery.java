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
 * Creates requests for the EndpointSlices of a service.
 *
 * @param server the URL of the API server or of a proxy to it
 * @param token the file of the token; null for none
 */
record SliceQuery(URI server, String namespace, String service, @Nullable TokenFile token) {

  /**
   * Returns a request for the list of slices.
   *
   * @throws IOException if there is no token
   */
  HttpRequest.Builder list() throws IOException {
    return request("");
  }

  /**
   * Returns a request for a watch.
   *
   * @param version the version of the list after which changes are reported
   * @param length the time after which the server ends its response
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

  /** Returns the requested URL and service, for messages. */
  @Override
  public String toString() {
    return "%s of service %s".formatted(HttpCalls.shown(uri("")), service);
  }
}
