package io.lbtk.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a pod is given to find and to use the API server of its cluster: two variables, and a folder
 * of files.
 *
 * @param environment of the process
 * @param folder of the files
 */
record ServiceAccount(Map<String, String> environment, Path folder) {

  private static final Path FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /** That of the pod that this runs in, if it does. */
  static ServiceAccount ofThisPod() {
    return new ServiceAccount(System.getenv(), FOLDER);
  }

  /**
   * The URL of the API server.
   *
   * @throws SettingsException if the variables do not say
   */
  URI url() {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.get("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null) {
      throw new SettingsException(
          "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod"
              + " (expected: option url)");
    }
    return URI.create(
        "https://%s:%s".formatted(host.indexOf(':') >= 0 ? "[" + host + "]" : host, port));
  }

  /** The namespace of the pod. */
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

  /** The file of the token, if there is one. */
  Optional<Path> token() {
    return file("token");
  }

  /** The file of the authorities of the API server, if there is one. */
  Optional<Path> authorities() {
    return file("ca.crt");
  }

  private Optional<Path> file(String name) {
    return Optional.of(folder.resolve(name)).filter(Files::isReadable);
  }
}
