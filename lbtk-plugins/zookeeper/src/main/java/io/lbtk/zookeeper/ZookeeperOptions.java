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

/** What both parts of the plugin can be told. */
final class ZookeeperOptions {

  private static final Duration LONGEST = Duration.ofHours(1);

  static final Option<String> CONNECT =
      Option.string("connect")
          .check(ZookeeperOptions::isConnect, "servers such as zk1:2181,zk2:2181")
          .required()
          .position(0)
          .doc("The servers, host:port with commas; at the end perhaps a path that is the root.");

  static final Option<String> PATH =
      Option.string("path")
          .check(ZookeeperOptions::isPath, "a path such as /services/web")
          .required()
          .position(1)
          .doc("The node whose children are the targets.");

  static final Option<String> USER =
      Option.string("user")
          .check(user -> !user.isEmpty() && user.indexOf(':') < 0, "a name without a colon")
          .doc("The user, for digest authentication.");

  static final Option<String> PASSWORD =
      Option.string("password").secret().doc("The password of the user.");

  static final Option<Duration> TIMEOUT =
      duration("timeout")
          .orElse(Duration.ofSeconds(5))
          .doc("How long the servers may be silent, or out of reach, before that is a failure.");

  static final Option<Duration> TTL =
      duration("ttl")
          .orElse(Duration.ofSeconds(15))
          .doc(
              "How long the entry stands when it is kept no more: the timeout of the session, "
                  + "which the servers keep within limits of their own (4s to 40s).");

  static final Option<Long> MAX_SIZE =
      Option.size("max-size")
          .orElse(64L << 20)
          .check(size -> size >= 1 << 20 && size <= 1 << 30, "1MiB to 1GiB")
          .doc("The longest answer that is taken: the names of all children come in one.");

  private ZookeeperOptions() {}

  /**
   * The user of the settings as they are at each time, if there is one.
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
      // It throws whatever comes of reading beyond the end.
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
