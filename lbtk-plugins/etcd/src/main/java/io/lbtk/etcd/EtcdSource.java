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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the keys of a prefix, and watches them from the revision of the list on: what is told are
 * differences to it. Whenever the watch breaks, for any reason, and after the interval, they are
 * listed again; where watches do not last, every few seconds.
 */
final class EtcdSource implements PolledRefresher.Source {

  private static final Logger log = LoggerFactory.getLogger(EtcdSource.class);

  /** However short the timeout is, a server is not asked more often whether it still answers. */
  private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

  private static final Refresh NOTHING = Refresh.failure("not read yet");

  private final EtcdServers servers;
  private final WatchBackoff watches;
  private final String name;
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

  /** Whether the log says so. */
  private boolean unwatchable;

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
    this.watches = new WatchBackoff(Math.max(WatchBackoff.FEWEST, servers.count()), ticker);
    this.name = name;
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
    KeyWatch open = underWay();
    if (untilList().isNegative()) {
      return list();
    }
    if (open == null) {
      // Where none can be watched, listing at once would only lead back to here.
      return watches.areTooMany() && !(last instanceof Refresh.Failure) ? last : list();
    }
    List<Event> events = open.take();
    return events.isEmpty() ? askWhetherItAnswers(open.server()) : changes(events);
  }

  private @Nullable KeyWatch underWay() {
    KeyWatch open = watch;
    if (open == null) {
      return null;
    }
    Status ended = end(open);
    if (ended == null) {
      watches.isUnderWay(open);
    } else {
      leave(open, ended);
    }
    if (unwatchable && !watches.areTooMany()) {
      unwatchable = false;
      log.info("{}: {} at {}: it is watched again", name, prefix, open.server());
    }
    return watch;
  }

  /** Why a watch is of no more use, if so; one that does not even begin may never end. */
  private @Nullable Status end(KeyWatch open) {
    Status broken = open.broken();
    boolean silent = broken == null && !open.hasBegun() && watches.age().compareTo(silence) >= 0;
    return silent ? Status.DEADLINE_EXCEEDED : broken;
  }

  private void leave(KeyWatch open, Status ended) {
    unwatch();
    boolean inVain = watches.ended(open);
    if (inVain || ended.getCode() == Status.Code.UNAVAILABLE) {
      // The server has gone, or has lost the others, or cannot be watched.
      servers.leave(open.server());
    }
    if (watches.areTooMany() && !unwatchable) {
      unwatchable = true;
      log.warn(
          "{}: {} at {}: it cannot be watched: {}; it is listed every {} ms until it can",
          name,
          prefix,
          open.server(),
          EtcdProblem.words(ended, timeout),
          pace().toMillis());
    }
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
    watches.opened();
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
    bad.goOn();
    events.forEach(event -> apply(event, changes));
    bad.end();
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

  /** How often all is listed, where nothing else is a reason to. */
  private Duration pace() {
    boolean sooner = watches.areTooMany() && WatchBackoff.REST.compareTo(interval) < 0;
    return sooner ? WatchBackoff.REST : interval;
  }

  private Duration untilList() {
    return pace().minusNanos(ticker.nanoTime() - listed);
  }

  @Override
  public Duration next(Duration interval) {
    this.interval = interval;
    Duration left = untilList();
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return watch == null || left.compareTo(silence) < 0 ? left : silence;
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
