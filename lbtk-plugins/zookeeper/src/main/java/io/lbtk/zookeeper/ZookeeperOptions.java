package io.lbtk.zookeeper;

import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.common.PathUtils;

/** The common options of the refresher and the registrar. */
final class ZookeeperOptions {

  private static final Duration LONGEST = Duration.ofHours(1);

  static final Option<String> CONNECT =
      Option.string("connect")
          .check(ZookeeperOptions::isConnect, "servers such as zk1:2181,zk2:2181")
          .required()
          .position(0)
          .doc("Servers, host:port separated by commas, optionally followed by a root path.");

  static final Option<String> PATH =
      Option.string("path")
          .check(ZookeeperOptions::isPath, "a path such as /services/web")
          .required()
          .position(1)
          .doc("Path of the node whose children are the targets.");

  static final Option<String> USER =
      Option.string("user")
          .check(user -> !user.isEmpty() && user.indexOf(':') < 0, "a name without a colon")
          .doc("Name of the user, for digest authentication.");

  static final Option<String> PASSWORD =
      Option.string("password").secret().doc("Password of the user.");

  static final Option<Duration> TIMEOUT =
      duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .doc("Time after which silent or unreachable servers are a failure.");

  static final Option<Duration> TTL =
      duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .doc(
              "Time to live of the entry without renewal: the timeout of the session, "
                  + "which the servers limit (by default to 4s to 40s).");

  static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 << 20 && size <= 1 << 30, "1MiB to 1GiB")
          .doc("Largest size of an answer; the list of all names is one answer.");

  private ZookeeperOptions() {}

  /**
   * Returns the current credentials of the settings, if there are any.
   *
   * @throws SettingsException if there is a user without a password, or the other way around
   */
  static Optional<Supplier<Credentials>> credentials(Settings settings, Context context) {
    Optional<String> user = settings.find(USER);
    Optional<String> password = settings.find(PASSWORD);
    if (user.isPresent() != password.isPresent()) {
      throw new SettingsException(
          "%s: %s is missing (expected: user and password, or neither)"
              .formatted(context.name(), user.isPresent() ? "password" : "user"));
    }
    if (user.isEmpty()) {
      return Optional.empty();
    }
    Supplier<Optional<String>> currentUser = settings.current(USER);
    Supplier<Optional<String>> currentPassword = settings.current(PASSWORD);
    return Optional.of(
        () ->
            new Credentials(currentUser.get().orElseThrow(), currentPassword.get().orElseThrow()));
  }

  private static Option<Duration> duration(String name) {
    return Option.duration(name)
        .check(
            time -> time.toMillis() > 0 && time.compareTo(LONGEST) <= 0, "more than 0, at most 1h");
  }

  private static boolean isConnect(String text) {
    try {
      return !new ConnectStringParser(text).getServerAddresses().isEmpty();
    } catch (RuntimeException e) {
      // The parser may throw any exception, also for an index out of bounds.
      return false;
    }
  }

  private static boolean isPath(String text) {
    try {
      PathUtils.validatePath(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
