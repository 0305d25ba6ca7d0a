package io.lbtk.launcher.topology;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.SettingsException;
import io.lbtk.api.Target;
import io.lbtk.core.refresh.KnownTargets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token ports that a refresher finds, in an order that is the same for all peers: by priority, then
 * by name. A port of weight 0 is about to stop and is left out. The attribute {@code scheme} is the
 * scheme of its URI; {@code tcp} by default.
 *
 * <p>Thread-safe.
 */
final class TokenPorts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TokenPorts.class);

  /** Attribute of a target with the scheme of its URI. */
  static final String SCHEME = "scheme";

  static final String DEFAULT_SCHEME = "tcp";

  private static final Comparator<Target> ORDER =
      Comparator.comparingInt(Target::priority).thenComparing(Target::hostPort);

  private final String asker;
  private final Refresher refresher;
  private final KnownTargets found = new KnownTargets();
  private final List<Follower> followers = new ArrayList<>();

  /**
   * Creates an empty set of ports.
   *
   * @param asker the part that follows them, for the log
   * @param refresher started with the first follower, and closed with this
   */
  TokenPorts(String asker, Refresher refresher) {
    this.asker = asker;
    this.refresher = refresher;
  }

  /**
   * Adds a follower: a loop of the proxy.
   *
   * @param connector creates a connection to a URI
   * @param user takes all connections, in order, whenever they change
   */
  synchronized void follow(
      Function<String, RemoteTokenSource> connector, Consumer<List<RemoteTokenSource>> user) {
    Follower follower = new Follower(connector, user);
    followers.add(follower);
    if (followers.size() == 1) {
      refresher.start(this::changed);
    } else {
      follower.use(uris());
    }
  }

  private synchronized void changed(Refresh refresh) {
    if (refresh instanceof Refresh.Failure) {
      return;
    }
    found.apply(refresh);
    List<String> uris = uris();
    followers.forEach(follower -> follower.use(uris));
  }

  private List<String> uris() {
    return found.list().stream()
        .filter(target -> target.weight() > 0)
        .sorted(ORDER)
        .map(TokenPorts::uri)
        .toList();
  }

  private static String uri(Target target) {
    String scheme = target.attributes().getOrDefault(SCHEME, DEFAULT_SCHEME);
    return scheme + "://" + target.hostPort();
  }

  /** Closes the refresher; connections are closed by their users. */
  @Override
  public void close() {
    refresher.close();
  }

  /** A loop and its connections. */
  private final class Follower {

    private final Function<String, RemoteTokenSource> connector;
    private final Consumer<List<RemoteTokenSource>> user;
    private final Map<String, RemoteTokenSource> connections = new HashMap<>();

    Follower(
        Function<String, RemoteTokenSource> connector, Consumer<List<RemoteTokenSource>> user) {
      this.connector = connector;
      this.user = user;
    }

    void use(List<String> uris) {
      connections.keySet().retainAll(uris);
      List<RemoteTokenSource> used = new ArrayList<>();
      for (String uri : uris) {
        connection(uri).ifPresent(used::add);
      }
      user.accept(used);
    }

    private Optional<RemoteTokenSource> connection(String uri) {
      try {
        return Optional.of(connections.computeIfAbsent(uri, connector));
      } catch (SettingsException e) {
        log.warn("{}: {} is no token port: {}", asker, uri, e.getMessage());
        return Optional.empty();
      }
    }
  }
}
