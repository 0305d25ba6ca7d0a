package io.lbtk.kubernetes;

import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.http.UrlBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Discovers the endpoints of a service of Kubernetes from its EndpointSlices.
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
 * <p>The slices are listed once and then watched, which requires the verbs list and watch on
 * endpointslices of discovery.k8s.io. A ready endpoint has weight 1; one that is terminating and
 * still serving has weight 0; others are ignored. Zone and node become attributes.
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
   * @throws IllegalArgumentException if the URL is not one of http or https, lacks a host or
   *     contains a user, or if {@code service} is blank
   */
  public static Builder builder(URI server, String service) {
    return new Builder(server, service);
  }

  /** Builds a refresher for one service. */
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
     * Sets the namespace of the service; {@code default} by default.
     *
     * @throws IllegalArgumentException if {@code namespace} is blank
     */
    public Builder namespace(String namespace) {
      this.namespace = named("namespace", namespace);
      return this;
    }

    /**
     * Sets the port: the name of a port of the slices, or a number, which need not be listed there.
     * By default the only port of the slices.
     *
     * @throws IllegalArgumentException if {@code port} is neither a name nor a number
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
     * Sets the type of addresses. By default IPv4 if the service has such addresses, else IPv6,
     * else names; a dual-stack service lists each endpoint twice.
     */
    public Builder addressType(AddressType addressType) {
      this.addressType = Objects.requireNonNull(addressType, "addressType");
      return this;
    }

    /** Sets the file of the token, which is read for each request. */
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
