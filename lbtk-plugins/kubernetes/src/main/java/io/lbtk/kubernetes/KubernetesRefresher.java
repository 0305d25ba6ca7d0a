package io.lbtk.kubernetes;

import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.UrlBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Targets that Kubernetes knows: the endpoints of a service, from its EndpointSlices.
 *
 * <pre>{@code
 * Refresher refresher =
 *     KubernetesRefresher.builder(URI.create("https://10.96.0.1:443"), "web")
 *         .namespace("shop")
 *         .tokenFile(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token"))
 *         .authorities(Path.of("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"))
 *         .build();
 * }</pre>
 *
 * <p>They are listed once and then watched; whoever asks needs the verbs list and watch on
 * endpointslices of discovery.k8s.io. An endpoint that is ready is a target of weight 1; one that
 * is terminating and still serving has weight 0; any other is none. Zone and node are attributes.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/">the
 *     API</a>
 */
public final class KubernetesRefresher {

  private KubernetesRefresher() {}

  /**
   * Returns a builder.
   *
   * @param server the URL of the API server
   * @param service the name of the service
   * @throws IllegalArgumentException if the URL is none of http or https, has no host, or a user;
   *     or if the service has no name
   */
  public static Builder builder(URI server, String service) {
    return new Builder(server, service);
  }

  /** Makes a refresher of a service. */
  public static final class Builder extends UrlBuilder<Builder> {

    private final String service;
    private String namespace = "default";
    private SlicePort port = new SlicePort(null);
    private @Nullable AddressType addressType;
    private @Nullable TokenFile token;

    private Builder(URI server, String service) {
      super("kubernetes", server);
      this.service = named("service", service);
    }

    private static String named(String option, String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException(option + " is blank (expected: its name)");
      }
      return name;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The namespace of the service; {@code default} by default.
     *
     * @throws IllegalArgumentException if it has no name
     */
    public Builder namespace(String namespace) {
      this.namespace = named("namespace", namespace);
      return this;
    }

    /**
     * Which port of an endpoint: by its name in the slices, or a number that counts whatever stands
     * there. By default the only one that there is.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public Builder port(String port) {
      if (!SlicePort.isPort(port)) {
        throw new IllegalArgumentException(
            "port \"%s\" (expected: the name of a port, or 1 to 65535)".formatted(port));
      }
      this.port = new SlicePort(port);
      return this;
    }

    /**
     * Which addresses. By default those of IPv4, where the service has any; else those of IPv6,
     * else names: a service of both families tells each endpoint twice.
     */
    public Builder addressType(AddressType addressType) {
      this.addressType = Objects.requireNonNull(addressType, "addressType");
      return this;
    }

    /** A file whose token is sent with every request, for which it is read each time. */
    public Builder tokenFile(Path file) {
      this.token = new TokenFile(file);
      return this;
    }

    @Override
    protected PolledRefresher.Source source() {
      SliceQuery query = new SliceQuery(url(), namespace, service, token);
      return new KubernetesSource(
          query, calls(), timeout(), new SliceReader(name(), query.toString(), port, addressType));
    }
  }
}
