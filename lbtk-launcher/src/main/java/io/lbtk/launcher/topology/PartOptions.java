package io.lbtk.launcher.topology;

import io.lbtk.api.Option;
import io.lbtk.net.ListenAddress;
import io.lbtk.proxy.echo.EchoType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Options of parts that do not come from a plugin. */
final class PartOptions {

  static final Option<String> REFRESHER_TYPE =
      Option.string("type").required().doc("Type of the source: the name of a plugin.");

  static final Option<String> POLICY_TYPE =
      Option.string("type").required().doc("Type of the policy: the name of a plugin.");

  static final Option<String> PROXY_TYPE =
      Option.string("type").orElse("tcp").doc("Type of the proxy: the name of a plugin.");

  static final Option<List<String>> GENERATOR_REFRESHERS =
      Option.string("refreshers")
          .list()
          .required()
          .check(names -> !names.isEmpty(), "names of refreshers, with commas between two")
          .check(names -> Set.copyOf(names).size() == names.size(), "each refresher once")
          .doc("Names of refreshers; of several that list a host:port the first one counts.");

  static final Option<String> GENERATOR_POLICY =
      Option.string("policy")
          .orElse("round-robin")
          .doc(
              "Policy that picks targets: a policy.NAME of these settings, or the name of a plugin.");

  static final Option<List<URI>> GENERATOR_LISTEN =
      Option.uri("listen", "tcp://127.0.0.1:1024")
          .list()
          .orElse(List.of())
          .doc("Token ports, such as tcp://127.0.0.1:1024. Default: only in this process.");

  static final Option<Integer> WINDOW =
      Option.integer("window", 0, 1024)
          .orElse(0)
          .doc(
              "Number of tokens that each loop fetches ahead; with 0 the order is exact over all proxies.");

  static final Option<Duration> DRAIN_TIMEOUT =
      Option.duration("drain-timeout")
          .orElse(Duration.ofSeconds(30))
          .doc("Time for which connections may go on after the proxy is told to stop.");

  static final Option<EchoType> ECHO_TYPE =
      Option.choice("type", EchoType.class)
          .orElse(EchoType.NIO)
          .doc(
              "Type of the server: nio anywhere, splice on Linux without a copy, udp for datagrams.");

  static final Option<List<ListenAddress>> ECHO_LISTEN =
      ListenAddress.option("listen")
          .list()
          .required()
          .check(addresses -> !addresses.isEmpty(), "addresses, with commas between two")
          .doc("Addresses to listen on; port 0 for one that the kernel chooses.");

  static final Option<Integer> ECHO_LOOPS =
      Option.integer("loops", 1, 1024)
          .doc("Number of event loops, one thread each. Default: the cores.");

  static final Option<Boolean> ECHO_GREET =
      Option.flag("greet")
          .orElse(false)
          .doc(
              "Send each client a line first, which says which server and address it has reached.");

  static final Option<String> HEALTH_TYPE =
      Option.string("type").required().doc("Type of the check: the name of a plugin.");

  static final Option<String> REGISTER_TYPE =
      Option.string("type").required().doc("Type of the directory: the name of a plugin.");

  static final Option<String> REGISTER_TARGET =
      Option.string("target")
          .check(text -> !text.isBlank(), "host:port, or such as generator:NAME")
          .required()
          .doc(
              "Target to register, host:port and key=value; or generator:NAME, proxy:NAME,"
                  + " echo:NAME for the address of that part of these settings.");

  static final Option<String> REGISTER_CHECK =
      Option.string("check")
          .doc(
              "Check that must pass: a health.NAME of these settings, or the name of a plugin. By default"
                  + " the entry stays as long as this process runs.");

  /** Folder of third-party plugins: {@code plugins.dir}. */
  static final Option<Path> PLUGINS_DIR =
      Option.path("dir")
          .check(Files::isDirectory, "a folder of plugins, each a jar or a folder of jars")
          .doc("Folder of plugins, each a jar or a folder of jars.");

  private PartOptions() {}
}
