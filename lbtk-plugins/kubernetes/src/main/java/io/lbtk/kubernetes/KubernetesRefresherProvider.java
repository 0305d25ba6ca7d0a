package io.lbtk.kubernetes;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.discovery.http.HttpCalls;
import io.lbtk.discovery.http.HttpOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code type = kubernetes}: makes a refresher of a service, by {@link KubernetesRefresher}. */
@AutoService(RefresherProvider.class)
public final class KubernetesRefresherProvider implements RefresherProvider {

  static final Option<String> SERVICE =
      Option.string("service")
          .check(name -> !name.isBlank(), "the name of a service")
          .required()
          .position(0)
          .doc("The name of the service.");

  static final Option<String> NAMESPACE =
      Option.string("namespace")
          .check(name -> !name.isBlank(), "the name of a namespace")
          .doc("Its namespace; that of the pod by default, and \"default\" outside of any.");

  static final Option<String> PORT =
      Option.string("port")
          .check(SlicePort::isPort, "the name of a port, or 1 to 65535")
          .doc("The port of each endpoint, by its name or a number; the only one by default.");

  static final Option<AddressType> ADDRESS_TYPE =
      Option.choice("address-type", AddressType.class)
          .doc("Which addresses; by default ipv4, or else ipv6, or else fqdn.");

  static final Option<URI> URL =
      Option.uri("url", "https://127.0.0.1:6443")
          .check(HttpCalls::isUrl, HttpCalls.EXPECTED)
          .doc("The API server; by default what the environment of a pod says.");

  static final Option<Path> TOKEN_FILE =
      Option.path("token-file")
          .doc("The token to ask with, read for each request; that of the pod over https.");

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
    return "The endpoints of a service of Kubernetes, from its EndpointSlices.";
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
    // The pod's token is for the API server, and for nobody who listens on the way there.
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
}
