package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lbtk.api.PrintableText;
import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import io.lbtk.discovery.WatchBackoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists the keys of a prefix and watches them from the revision of the list on, so that events are
 * differences to it. The keys are listed again when the watch breaks, for whatever reason, after
 * the interval, and every few seconds while watches do not last.
 */
final class EtcdSource implements PolledRefresher.Source {

  private static final Logger log = LoggerFactory.getLogger(EtcdSource.class);

  /** Shortest time between two probes of a silent watch. */
  private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);

  private static final Refresh NOTHING = Refresh.failure("not read yet");

  private final EtcdServers servers;
  private final WatchBackoff backoff;
  private final String name;
  private final EtcdPrefix prefix;
  private final BadEntries bad;
  private final KeyReader reader;
  private final Ticker ticker;
  private final Duration timeout;

  /** Time without a change after which the server is probed. */
  private final Duration silence;

  private Runnable changed = () -> {};
  private Duration interval = Duration.ZERO;
  private long listed;
  private KeyedTargets targets = new KeyedTargets();
  private @Nullable KeyWatch watch;

  /** True if it was logged that the prefix cannot be watched. */
  private boolean unwatchable;

  /** The last result; a failure before the first read. */
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
    this.backoff = new WatchBackoff(Math.max(WatchBackoff.MIN_LIMIT, servers.count()), ticker);
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
      // While watches do not last, an immediate list would only lead back to here.
      return backoff.isDelaying() && !(last instanceof Refresh.Failure) ? last : list();
    }
    List<Event> events = open.take();
    return events.isEmpty() ? probe(open.server()) : changes(events);
  }

  private @Nullable KeyWatch underWay() {
    KeyWatch open = watch;
    if (open == null) {
      return null;
    }
    Status ended = end(open);
    if (ended == null) {
      if (open.isUseful(backoff)) {
        backoff.useful();
      }
    } else {
      leave(open, ended);
    }
    if (unwatchable && !backoff.isDelaying()) {
      unwatchable = false;
      log.info("{}: {} at {}: watched again", name, prefix, open.server());
    }
    return watch;
  }

  /** Returns the status of a watch that has ended, or did not begin in time; null if it is open. */
  private @Nullable Status end(KeyWatch open) {
    Status broken = open.broken();
    boolean silent = broken == null && !open.hasBegun() && backoff.age().compareTo(silence) >= 0;
    return silent ? Status.DEADLINE_EXCEEDED : broken;
  }

  private void leave(KeyWatch open, Status ended) {
    unwatch();
    boolean useful = open.isUseful(backoff);
    if (useful) {
      backoff.useful();
    } else {
      backoff.useless();
    }
    if (!useful || ended.getCode() == Status.Code.UNAVAILABLE) {
      // The server is gone, has no leader, or cannot be watched.
      servers.leave(open.server());
    }
    if (backoff.isDelaying() && !unwatchable) {
      unwatchable = true;
      log.warn(
          "{}: {} at {}: cannot be watched: {}; listing every {} ms instead",
          name,
          prefix,
          open.server(),
          EtcdProblem.describe(ended, timeout),
          pace().toMillis());
    }
  }

  /** Checks that the server answers: a watch does not notice a partitioned or frozen server. */
  private Refresh probe(EtcdServer server) {
    try {
      server.call(target -> KeyPages.probe(target, prefix));
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
      boolean isChanged = last instanceof Refresh.Failure || !listing.targets().isSameAs(targets);
      targets = listing.targets();
      listed = ticker.nanoTime();
      return isChanged ? bad.result(prefix.text(), listing.inOrder()) : last;
    } catch (EtcdException e) {
      return Refresh.failure("%s at %s".formatted(prefix, e.getMessage()), e);
    }
  }

  /** Reads all keys from one server, and opens a watch for later changes. */
  private Listing list(EtcdServer server) {
    Listing listing = new Listing(new KeyedTargets(), new ArrayList<>());
    bad.begin();
    long revision =
        new KeyPages(server, prefix, KeyPages.MAX_KEYS)
            .read(entry -> reader.read(entry).ifPresent(target -> listing.add(entry, target)));
    bad.end();
    backoff.opened();
    watch =
        KeyWatch.open(
            server,
            WatchCreateRequest.newBuilder().setKey(prefix.start()).setRangeEnd(prefix.end()),
            revision,
            changed);
    return listing;
  }

  private Refresh changes(List<Event> events) {
    KeyedTargets.Changes changes = new KeyedTargets.Changes(targets);
    bad.goOn();
    events.forEach(event -> apply(event, changes));
    bad.end();
    Refresh.Delta delta = changes.delta();
    if (delta.added().isEmpty() && delta.removed().isEmpty()) {
      return last;
    }
    if (targets.size() == 0 || targets.size() > KeyPages.MAX_KEYS) {
      // The remaining keys may be malformed entries; only a list can tell.
      last = NOTHING;
      return list();
    }
    return delta;
  }

  private void apply(Event event, KeyedTargets.Changes changes) {
    KeyValue entry = event.getKv();
    Optional<Target> target =
        event.getType() == Event.EventType.DELETE ? Optional.empty() : reader.read(entry);
    target.ifPresentOrElse(
        now -> changes.put(entry.getKey(), now), () -> changes.remove(entry.getKey()));
  }

  /** Returns the time between two lists if there is no other reason for one. */
  private Duration pace() {
    boolean sooner = backoff.isDelaying() && WatchBackoff.DELAY.compareTo(interval) < 0;
    return sooner ? WatchBackoff.DELAY : interval;
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

  /** The targets of one list, by key and in order. */
  private record Listing(KeyedTargets targets, List<Target> inOrder) {

    void add(KeyValue entry, Target target) {
      targets.put(entry.getKey(), target);
      inOrder.add(target);
    }
  }

  /** Reads the targets of keys; malformed ones are logged. */
  private static final class KeyReader {

    /** Largest value, in bytes. */
    private static final int MAX_VALUE = 64 * 1024;

    private static final int MAX_SHOWN = 200;

    private final EtcdFormat format;
    private final BadEntries bad;

    KeyReader(EtcdFormat format, BadEntries bad) {
      this.format = format;
      this.bad = bad;
    }

    /** Returns the target of a key, if it has one. */
    Optional<Target> read(KeyValue entry) {
      if (isFolder(entry.getKey())) {
        return Optional.empty();
      }
      ByteString value = entry.getValue();
      try {
        if (value.size() > MAX_VALUE) {
          throw new IllegalArgumentException(
              "it has %d bytes (expected: a target, at most %d)"
                  .formatted(value.size(), MAX_VALUE));
        }
        return Optional.of(format.read(value.toByteArray()));
      } catch (IllegalArgumentException e) {
        bad.addNamed("key " + shown(entry.getKey()), start(value), String.valueOf(e.getMessage()));
        return Optional.empty();
      }
    }

    /** Returns whether a key is one that some programs write for the folder of other keys. */
    private static boolean isFolder(ByteString key) {
      return key.byteAt(key.size() - 1) == '/';
    }

    private static String shown(ByteString key) {
      return PrintableText.of(start(key), MAX_SHOWN);
    }

    private static String start(ByteString bytes) {
      return bytes.substring(0, Math.min(bytes.size(), 4 * MAX_SHOWN)).toStringUtf8();
    }
  }

  /**
   * Reads all keys of a prefix at one revision, in pages that limit the size and the duration of
   * each answer.
   */
  static final class KeyPages {

    /** Largest number of keys, which take 300 MB, and twice that during another list. */
    static final int MAX_KEYS = 1 << 20;

    /**
     * Keys per page. Large, because for each page a server counts all keys that are left; reduced
     * if an answer exceeds the size limit.
     */
    private static final int PAGE = 50_000;

    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final EtcdServer server;
    private final EtcdPrefix prefix;
    private final int maxKeys;
    private int pageSize = PAGE;

    /**
     * Creates a reader.
     *
     * @param maxKeys the largest number of keys
     */
    KeyPages(EtcdServer server, EtcdPrefix prefix, int maxKeys) {
      this.server = server;
      this.prefix = prefix;
      this.maxKeys = maxKeys;
    }

    /**
     * Sends a request that is cheap but needs a quorum: for the key that is the prefix itself,
     * which does not exist.
     */
    static RangeResponse probe(EtcdServer server, EtcdPrefix prefix) {
      return server
          .keys()
          .range(RangeRequest.newBuilder().setKey(prefix.start()).setKeysOnly(true).build());
    }

    /**
     * Reads all keys.
     *
     * @param each called for each key, in key order
     * @return the revision at which they were read
     * @throws StatusRuntimeException if a page cannot be read or there are too many keys
     */
    long read(Consumer<KeyValue> each) {
      RangeResponse page = page(prefix.start(), 0);
      long revision = page.getHeader().getRevision();
      if (page.getCount() > maxKeys) {
        throw Status.OUT_OF_RANGE
            .withDescription(
                "%,d keys start with it (expected: at most %,d)"
                    .formatted(page.getCount(), maxKeys))
            .asRuntimeException();
      }
      page.getKvsList().forEach(each);
      while (page.getMore()) {
        ByteString last = page.getKvs(page.getKvsCount() - 1).getKey();
        page = page(last.concat(ZERO), revision);
        page.getKvsList().forEach(each);
      }
      return revision;
    }

    private RangeResponse page(ByteString from, long revision) {
      while (true) {
        try {
          return server
              .keys()
              .range(
                  RangeRequest.newBuilder()
                      .setKey(from)
                      .setRangeEnd(prefix.end())
                      .setRevision(revision)
                      .setLimit(pageSize)
                      .build());
        } catch (StatusRuntimeException e) {
          if (pageSize == 1 || !EtcdProblem.isTooLarge(e.getStatus())) {
            throw e;
          }
          pageSize = Math.max(1, pageSize / 8);
        }
      }
    }
  }
}
