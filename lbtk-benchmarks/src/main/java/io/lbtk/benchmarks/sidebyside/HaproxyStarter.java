package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts HAProxy. */
final class HaproxyStarter implements Starter {

  private final Setup setup;
  private final int threads;
  private final boolean strongest;

  HaproxyStarter(Setup setup, int threads, boolean strongest) {
    this.setup = setup;
    this.threads = threads;
    this.strongest = strongest;
  }

  @Override
  public Child start(Route route) throws IOException {
    Path file = setup.directory().resolve(route.name() + ".cfg");
    Files.writeString(file, configuration(route));
    return setup
        .children()
        .start(route.name(), List.of("haproxy", "-db", "-f", file.toString()), Map.of());
  }

  String configuration(Route route) {
    return """
        global
          nbthread %d
          maxconn %d
        %sdefaults
          mode tcp
          timeout connect 5s
          timeout client 10m
          timeout server 10m
        %slisten front
          bind %s
          server backend %s
        """
        .formatted(
            threads,
            setup.mostTunnels(),
            strongest ? "  tune.pipesize 1048576\n" : "",
            strongest
                ? "  option splice-request\n  option splice-response\n"
                : "  option splice-auto\n",
            route.listenText(),
            route.targetText());
  }
}
