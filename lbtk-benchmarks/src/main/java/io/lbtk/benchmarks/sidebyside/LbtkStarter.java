package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Starts lbtk: a proxy, and in another process the token port that it asks. */
final class LbtkStarter implements Starter {

  /** What to set of a proxy. */
  record Settings(String type, int loops, int window) {}

  private final Setup setup;
  private final Lbtk lbtk;
  private final Settings settings;
  private final Map<String, TokenPort> ports = new HashMap<>();

  LbtkStarter(Setup setup, Lbtk lbtk, Settings settings) {
    this.setup = setup;
    this.lbtk = lbtk;
    this.settings = settings;
  }

  @Override
  public void prepare(Route route) throws IOException, InterruptedException {
    port(route);
  }

  @Override
  public Child start(Route route) throws IOException, InterruptedException {
    Path file = setup.directory().resolve(route.name() + ".properties");
    Files.writeString(file, configuration(route, port(route).uri()));
    return setup.children().start(route.name(), lbtk.command(file.toString()), lbtk.environment());
  }

  @Override
  public double helperCpuSeconds(Route route) throws IOException {
    TokenPort port = ports.get(route.targetText());
    return port == null ? Double.NaN : port.process().cpuSeconds();
  }

  private TokenPort port(Route route) throws IOException, InterruptedException {
    TokenPort port = ports.get(route.targetText());
    if (port == null) {
      port = TokenPort.start(setup, route);
      ports.put(route.targetText(), port);
    }
    return port;
  }

  String configuration(Route route, String tokens) {
    return """
        proxy.front.type = %s
        proxy.front.listen = %s
        proxy.front.tokens = %s
        proxy.front.loops = %d
        proxy.front.window = %d
        """
        .formatted(
            settings.type(), route.listenText(), tokens, settings.loops(), settings.window());
  }
}
