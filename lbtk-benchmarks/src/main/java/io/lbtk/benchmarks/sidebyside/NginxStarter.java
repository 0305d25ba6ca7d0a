package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts nginx with its stream module. */
final class NginxStarter implements Starter {

  private static final List<Path> MODULES =
      Stream.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")
          .map(folder -> Path.of(folder, "ngx_stream_module.so"))
          .toList();

  private final Setup setup;
  private final int workers;

  NginxStarter(Setup setup, int workers) {
    this.setup = setup;
    this.workers = workers;
  }

  @Override
  public Child start(Route route) throws IOException {
    Path folder = Files.createDirectories(setup.directory().resolve(route.name()));
    Path file = folder.resolve("nginx.conf");
    Files.writeString(file, configuration(route));
    return setup
        .children()
        .start(
            route.name(),
            List.of("nginx", "-p", folder.toString(), "-c", file.toString(), "-e", "stderr"),
            Map.of());
  }

  /** Whether the module is a file; where it is built in, this does not know. */
  static boolean hasStream() {
    return !loadModule().isEmpty();
  }

  /** The module is built in where it is no file. */
  private static String loadModule() {
    return MODULES.stream()
        .filter(Files::exists)
        .findFirst()
        .map(module -> "load_module " + module + ";\n")
        .orElse("");
  }

  String configuration(Route route) {
    return loadModule()
        + """
        daemon off;
        worker_processes %d;
        pid nginx.pid;
        error_log stderr;
        events { worker_connections %d; }
        stream {
          server {
            listen %s reuseport backlog=4096;
            proxy_pass %s;
            proxy_connect_timeout 5s;
            proxy_timeout 10m;
          }
        }
        """
            .formatted(workers, 2 * setup.mostTunnels(), route.listenText(), route.targetText());
  }
}
