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

/** The options of parts that are no plugin's own. */
final class PartOptions {

  static final Option<String> REFRESHER_TYPE =
      Option.string("type").required().doc("What kind of source it watches: the name of a plugin.");

  static final Option<String> POLICY_TYPE =
      Option.string("type").required().doc("The policy: the name of a plugin.");

  static final Option<String> PROXY_TYPE =
      Option.string("type").orElse("tcp").doc("How bytes are moved: the name of a plugin.");

  static final Option<List<String>> GENERATOR_REFRESHERS =
      Option.string("refreshers")
          .list()
          .required()
          .check(names -> !names.isEmpty(), "names of refreshers, with commas between two")
          .check(names -> Set.copyOf(names).size() == names.size(), "each refresher once")
          .doc("Names of refreshers; for one host:port, the first that lists it counts.");

  static final Option<String> GENERATOR_POLICY =
      Option.string("policy")
          .orElse("round-robin")
          .doc("Which target is picked: a policy.NAME of these settings, or a plugin by its name.");

  static final Option<List<URI>> GENERATOR_LISTEN =
      Option.uri("listen", "tcp://127.0.0.1:1024")
          .list()
          .orElse(List.of())
          .doc("Where tokens are served, such as tcp://127.0.0.1:1024. Default: in this process.");

  static final Option<Integer> WINDOW =
      Option.integer("window", 0, 1024)
          .orElse(0)
          .doc("Tokens that each loop fetches ahead. The order is exact over all proxies with 0.");

  static final Option<Duration> DRAIN_TIMEOUT =
      Option.duration("drain-timeout")
          .orElse(Duration.ofSeconds(30))
          .doc("How long tunnels may go on when the proxy is told to stop.");

  static final Option<EchoType> ECHO_TYPE =
      Option.choice("type", EchoType.class)
          .orElse(EchoType.NIO)
          .doc(
              "How bytes are moved: nio anywhere, splice on Linux without a copy, udp for datagrams.");

  static final Option<List<ListenAddress>> ECHO_LISTEN =
      ListenAddress.option("listen")
          .list()
          .required()
          .check(addresses -> !addresses.isEmpty(), "addresses, with commas between two")
          .doc("Where it listens; port 0 for one that the kernel chooses.");

  static final Option<Integer> ECHO_LOOPS =
      Option.integer("loops", 1, 1024).doc("Event loops, one thread each. Default: the cores.");

  static final Option<Boolean> ECHO_GREET =
      Option.flag("greet")
          .orElse(false)
          .doc(
              "Send each client a line first, which says which server and address it has reached.");

  static final Option<String> HEALTH_TYPE =
      Option.string("type").required().doc("How a target is checked: the name of a plugin.");

  static final Option<String> REGISTER_TYPE =
      Option.string("type").required().doc("Which directory it writes to: the name of a plugin.");

  static final Option<String> REGISTER_TARGET =
      Option.string("target")
          .check(text -> !text.isBlank(), "host:port, or such as generator:NAME")
          .required()
          .doc(
              "What is registered, host:port and key=value; or generator:NAME, proxy:NAME,"
                  + " echo:NAME for where that part of these settings listens.");

  static final Option<String> REGISTER_CHECK =
      Option.string("check")
          .doc(
              "What must pass: a health.NAME of these settings, or a plugin by its name. By default"
                  + " the entry stands as long as this process runs.");

  /** The folder of a stranger's plugins: {@code plugins.dir}. */
  static final Option<Path> PLUGINS_DIR =
      Option.path("dir")
          .check(Files::isDirectory, "a folder of plugins, each a jar or a folder of jars")
          .doc("A folder of plugins, each a jar or a folder of jars.");

  private PartOptions() {}
}
