package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.HttpOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Provider of {@code type = kubernetes}; creates a {@link KubernetesRefresher}. */
@AutoService(RefresherProvider.class)
public final class KubernetesRefresherProvider implements RefresherProvider {

  static final Option<String> SERVICE =
      Option.string("service")
          .check(name -> !name.isBlank(), "the name of a service")
          .required()
          .position(0)
          .doc("Name of the service.");

  static final Option<String> NAMESPACE =
      Option.string("namespace")
          .check(name -> !name.isBlank(), "the name of a namespace")
          .doc("Namespace of the service; by default that of the pod, else \"default\".");

  static final Option<String> PORT =
      Option.string("port")
          .check(SlicePort::isPort, "the name of a port, or 1 to 65535")
          .doc("Port of each endpoint, as name or number; the only one of the service by default.");

  static final Option<AddressType> ADDRESS_TYPE =
      Option.choice("address-type", AddressType.class)
          .doc("Type of addresses; by default ipv4, else ipv6, else fqdn.");

  static final Option<URI> URL =
      Option.uri("url", "https://127.0.0.1:6443")
          .check(HttpCalls::isUrl, HttpCalls.EXPECTED)
          .doc("URL of the API server; by default from the environment of the pod.");

  static final Option<Path> TOKEN_FILE =
      Option.path("token-file")
          .doc("File of the token, read for each request; by default that of the pod, for https.");

  private final ServiceAccount pod;

  /** Creates the provider; called by the service loader. */
  public KubernetesRefresherProvider() {
    this(ServiceAccount.ofThisPod());
  }

  KubernetesRefresherProvider(ServiceAccount pod) {
    this.pod = pod;
  }

  @Override
  public String name() {
    return "kubernetes";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        SERVICE,
        NAMESPACE,
        PORT,
        ADDRESS_TYPE,
        URL,
        TOKEN_FILE,
        HttpOptions.CA,
        HttpOptions.TIMEOUT,
        HttpOptions.HEADER,
        HttpOptions.MAX_SIZE);
  }

  @Override
  public String doc() {
    return "Endpoints of a service of Kubernetes, from its EndpointSlices.";
  }

  @Override
  public Refresher create(Settings settings, Context context) {
    URI url = settings.find(URL).orElseGet(() -> url(context));
    KubernetesRefresher.Builder builder =
        KubernetesRefresher.builder(url, settings.get(SERVICE))
            .namespace(settings.find(NAMESPACE).or(pod::namespace).orElse("default"));
    if (!settings.isSet(HttpOptions.CA)) {
      pod.authorities().ifPresent(builder::authorities);
    }
    // The token of the pod is never sent in plain text.
    Optional<Path> own = "https".equalsIgnoreCase(url.getScheme()) ? pod.token() : Optional.empty();
    settings.find(TOKEN_FILE).or(() -> own).ifPresent(builder::tokenFile);
    settings.find(PORT).ifPresent(builder::port);
    settings.find(ADDRESS_TYPE).ifPresent(builder::addressType);
    return HttpOptions.apply(settings, context, builder).build();
  }

  private URI url(Context context) {
    try {
      return pod.url();
    } catch (SettingsException e) {
      throw new SettingsException("%s: %s".formatted(context.name(), e.getMessage()));
    }
  }

  /**
   * The service account of a pod: two variables with the address of the API server, and a folder of
   * files.
   *
   * @param environment the environment of the process
   * @param folder the folder of the files
   */
  record ServiceAccount(Map<String, String> environment, Path folder) {

    private static final Path FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /** Returns the account of the pod in which this process runs, if any. */
    static ServiceAccount ofThisPod() {
      return new ServiceAccount(System.getenv(), FOLDER);
    }

    /**
     * Returns the URL of the API server.
     *
     * @throws SettingsException if the variables are not set
     */
    URI url() {
      String host = environment.get("KUBERNETES_SERVICE_HOST");
      String port = environment.get("KUBERNETES_SERVICE_PORT");
      if (host == null || port == null) {
        throw new SettingsException(
            "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: not running in a pod"
                + " (expected: option url)");
      }
      return URI.create(
          "https://%s:%s".formatted(host.indexOf(':') >= 0 ? "[" + host + "]" : host, port));
    }

    /** Returns the namespace of the pod. */
    Optional<String> namespace() {
      return file("namespace").flatMap(ServiceAccount::text).filter(name -> !name.isEmpty());
    }

    private static Optional<String> text(Path file) {
      try {
        return Optional.of(Files.readString(file, UTF_8).strip());
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    /** Returns the file of the token, if there is one. */
    Optional<Path> token() {
      return file("token");
    }

    /** Returns the file of the authorities of the API server, if there is one. */
    Optional<Path> authorities() {
      return file("ca.crt");
    }

    private Optional<Path> file(String name) {
      return Optional.of(folder.resolve(name)).filter(Files::isReadable);
    }
  }
}
