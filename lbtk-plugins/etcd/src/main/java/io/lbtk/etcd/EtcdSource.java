package io.lbtk.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.Status;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists the keys of a prefix, and watches them from the revision of the list on: what is told are
 * differences to it. Whenever the watch breaks, for any reason, and after the interval, they are
 * listed again.
 */
final class EtcdSource implements PolledRefresher.Source {

  /** However short the timeout is, a server is not asked more often whether it still answers. */
  private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

  private static final Refresh NOTHING = Refresh.failure("not read yet");

  private final EtcdServers servers;
  private final EtcdPrefix prefix;
  private final BadEntries bad;
  private final KeyReader reader;
  private final Ticker ticker;
  private final Duration timeout;

  /** After so long without a change the server is asked whether it still answers. */
  private final Duration silence;

  private Runnable changed = () -> {};
  private Duration interval = Duration.ZERO;
  private long listed;
  private KeyedTargets targets = new KeyedTargets();
  private @Nullable KeyWatch watch;

  /** How many watches have ended, one after the other, before they had begun. */
  private int stillborn;

  /** What was read last; a failure until something was. */
  private Refresh last = NOTHING;

  EtcdSource(
      EtcdServers servers,
      EtcdPrefix prefix,
      EtcdFormat format,
      String name,
      Duration timeout,
      Ticker ticker) {
    this.servers = servers;
    this.prefix = prefix;
    this.bad = new BadEntries(name + ": " + prefix);
    this.reader = new KeyReader(format, bad);
    this.timeout = timeout;
    this.silence = timeout.compareTo(SHORTEST_SILENCE) < 0 ? SHORTEST_SILENCE : timeout;
    this.ticker = ticker;
  }

  @Override
  public Refresher.Mode mode() {
    return Refresher.Mode.PUSHED;
  }

  @Override
  public void watch(Runnable changed) {
    this.changed = changed;
  }

  @Override
  public Refresh read() {
    last = readAnew();
    if (last instanceof Refresh.Failure) {
      unwatch();
    }
    return last;
  }

  private Refresh readAnew() {
    KeyWatch open = watch;
    if (open == null) {
      return list();
    }
    Status broken = open.broken();
    if (broken != null) {
      return listAfter(open, broken);
    }
    if (untilList().isNegative()) {
      return list();
    }
    List<Event> events = open.take();
    return events.isEmpty() ? askWhetherItAnswers(open.server()) : changes(events);
  }

  private Refresh listAfter(KeyWatch open, Status broken) {
    stillborn = open.hasBegun() ? 0 : stillborn + 1;
    if (stillborn > 0 || broken.getCode() == Status.Code.UNAVAILABLE) {
      // The server has gone, or has lost the others, or cannot be watched.
      servers.leave(open.server());
    }
    if (stillborn < servers.count()) {
      return list();
    }
    // Where none can be watched, listing at once would only lead back to here.
    stillborn = 0;
    return Refresh.failure(
        "%s at %s: it cannot be watched: %s"
            .formatted(prefix, open.server(), EtcdProblem.words(broken, timeout)));
  }

  /** A watch of a server that is silent, or has lost the others, does not tell that by itself. */
  private Refresh askWhetherItAnswers(EtcdServer server) {
    try {
      server.call(asked -> KeyPages.ask(asked, prefix));
      return last;
    } catch (EtcdException e) {
      servers.leave(server);
      return list();
    }
  }

  private Refresh list() {
    unwatch();
    try {
      Listing listing = servers.call(this::list);
      boolean isNews = last instanceof Refresh.Failure || !listing.targets().isSameAs(targets);
      targets = listing.targets();
      listed = ticker.nanoTime();
      return isNews ? bad.result(prefix.text(), listing.inOrder()) : last;
    } catch (EtcdException e) {
      return Refresh.failure("%s at %s".formatted(prefix, e.getMessage()), e);
    }
  }

  /** Reads it all from one server, and begins to watch what comes after. */
  private Listing list(EtcdServer server) {
    Listing listing = new Listing(new KeyedTargets(), new ArrayList<>());
    bad.begin();
    long revision =
        new KeyPages(server, prefix, KeyPages.MAX_KEYS)
            .read(entry -> reader.read(entry).ifPresent(target -> listing.add(entry, target)));
    bad.end();
    watch =
        KeyWatch.open(
            server,
            WatchCreateRequest.newBuilder().setKey(prefix.start()).setRangeEnd(prefix.end()),
            revision,
            changed);
    return listing;
  }

  private Refresh changes(List<Event> events) {
    TargetChanges changes = new TargetChanges(targets);
    events.forEach(event -> apply(event, changes));
    Refresh.Delta delta = changes.delta();
    if (delta.added().isEmpty() && delta.removed().isEmpty()) {
      return last;
    }
    if (targets.size() == 0 || targets.size() > KeyPages.MAX_KEYS) {
      // What is left may be entries that are no targets: that is for a list to judge.
      last = NOTHING;
      return list();
    }
    return delta;
  }

  private void apply(Event event, TargetChanges changes) {
    KeyValue entry = event.getKv();
    Optional<Target> target =
        event.getType() == Event.EventType.DELETE ? Optional.empty() : reader.read(entry);
    target.ifPresentOrElse(
        now -> changes.put(entry.getKey(), now), () -> changes.remove(entry.getKey()));
  }

  private Duration untilList() {
    return interval.minusNanos(ticker.nanoTime() - listed);
  }

  @Override
  public Duration next(Duration interval) {
    this.interval = interval;
    Duration left = untilList();
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(silence) < 0 ? left : silence;
  }

  private void unwatch() {
    KeyWatch open = watch;
    watch = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    servers.close();
  }

  /** The targets of one list. */
  private record Listing(KeyedTargets targets, List<Target> inOrder) {

    void add(KeyValue entry, Target target) {
      targets.put(entry.getKey(), target);
      inOrder.add(target);
    }
  }
}
