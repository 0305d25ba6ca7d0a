package io.lbtk.core.source;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.RemoteTokenSource;
import io.lbtk.api.Subscription;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several remote sources in order: tokens come from the first that is {@linkplain
 * RemoteTokenSource#connected() connected}, which a standby is not.
 *
 * <p>When that one is lost, the next that is connected takes its place at once; an earlier one is
 * used again once it has been connected for {@link #RETURN_AFTER}. With each change the live tokens
 * are held at the new source, the old one is {@link RemoteTokenSource#leave() left}, and waiting
 * demands are sent again, with the rest of their timeout. While none is connected, demands wait for
 * whichever comes first.
 *
 * <p>The list of sources can be replaced by {@link #use}; it may be empty, and then demands wait as
 * well.
 *
 * <p>The sources are named in the log by their {@code toString()}.
 */
public final class FailoverTokenSource implements RemoteTokenSource {

  /** The time for which an earlier source must have been connected before it is used again. */
  public static final Duration RETURN_AFTER = Duration.ofSeconds(5);

  private final List<Remote> remotes = new CopyOnWriteArrayList<>();

  /** The current source while the list is empty. */
  private final Remote none;

  private final ScheduledExecutorService scheduler;
  private final Ticker ticker;
  private final SourceLog log;
  private final SynchronizationContext serial = new SynchronizationContext("token failover");
  private final Listeners<Boolean> connectionListeners = new Listeners<>();
  private final Listeners<String> goneListeners = new Listeners<>();

  private final Set<PendingTake> waiting = new LinkedHashSet<>();
  private final Set<FailoverToken> live = new LinkedHashSet<>();
  private Remote current;
  private boolean closed;
  private volatile boolean connected;

  /**
   * Creates a source that uses these sources in this order.
   *
   * @param sources the sources, closed with this
   * @param scheduler the scheduler of the return to an earlier source; the caller closes it
   */
  public FailoverTokenSource(
      List<? extends RemoteTokenSource> sources,
      ScheduledExecutorService scheduler,
      Ticker ticker) {
    this(sources, scheduler, ticker, new SourceLog());
  }

  /**
   * Creates a source that uses these sources in this order.
   *
   * @param sources the sources, closed with this
   * @param scheduler the scheduler of the return to an earlier source; the caller closes it
   * @param log the log, which may be shared with other sources
   */
  public FailoverTokenSource(
      List<? extends RemoteTokenSource> sources,
      ScheduledExecutorService scheduler,
      Ticker ticker,
      SourceLog log) {
    this.scheduler = scheduler;
    this.ticker = ticker;
    this.log = log;
    this.none = new Remote(new UnavailableTokenSource(scheduler));
    for (RemoteTokenSource source : sources) {
      remotes.add(new Remote(source));
    }
    this.current = first();
    serial.execute(() -> remotes.forEach(this::watch));
  }

  private Remote first() {
    return remotes.isEmpty() ? none : remotes.get(0);
  }

  private void watch(Remote remote) {
    remote.subscriptions.add(
        remote.source.onConnection(
            up -> serial.execute(() -> connectionChanged(remote, remote.source.connected()))));
    remote.subscriptions.add(
        remote.source.onGone(hostPort -> serial.execute(() -> gone(remote, hostPort))));
    connectionChanged(remote, remote.source.connected());
  }

  /**
   * Replaces the list of sources. Sources that are in both lists, as the same objects, stay in use;
   * all others of the old list are left and closed.
   *
   * @param sources the sources, closed with this, or when they are used no more
   */
  public void use(List<? extends RemoteTokenSource> sources) {
    List<RemoteTokenSource> wanted = List.copyOf(sources);
    serial.execute(() -> replace(wanted));
  }

  private void replace(List<RemoteTokenSource> wanted) {
    if (closed) {
      wanted.forEach(RemoteTokenSource::close);
      return;
    }
    List<Remote> dropped = new ArrayList<>(remotes);
    List<Remote> added = new ArrayList<>();
    remotes.clear();
    for (RemoteTokenSource source : wanted) {
      Remote known = known(dropped, source);
      Remote remote = known == null ? new Remote(source) : known;
      if (known == null) {
        added.add(remote);
      }
      dropped.remove(remote);
      remotes.add(remote);
    }
    if (!remotes.contains(current)) {
      move(remotes.stream().filter(remote -> remote.connected).findFirst().orElse(first()));
    }
    dropped.forEach(Remote::close);
    added.forEach(this::watch);
    choose();
    reportConnected();
  }

  private static @Nullable Remote known(List<Remote> remotes, RemoteTokenSource source) {
    for (Remote remote : remotes) {
      if (remote.source == source) {
        return remote;
      }
    }
    return null;
  }

  private void connectionChanged(Remote remote, boolean up) {
    if (closed || remote.connected == up) {
      return;
    }
    remote.connected = up;
    if (up) {
      remote.since = ticker.nanoTime();
      remote.wasThere = true;
    }
    choose();
    reportConnected();
  }

  private void reportConnected() {
    if (connected != current.connected) {
      connected = current.connected;
      connectionListeners.tell(connected);
    }
  }

  /** Moves to another source if that is due. */
  private void choose() {
    for (Remote remote : remotes) {
      if (remote == current && remote.connected) {
        return;
      }
      if (remote.connected) {
        long left = RETURN_AFTER.toNanos() - (ticker.nanoTime() - remote.since);
        if (left <= 0 || !current.connected) {
          move(remote);
          return;
        }
        chooseAgain(remote, left);
      }
    }
  }

  private void chooseAgain(Remote remote, long nanos) {
    if (!remote.checkScheduled) {
      remote.checkScheduled = true;
      var unused =
          scheduler.schedule(
              () ->
                  serial.execute(
                      () -> {
                        remote.checkScheduled = false;
                        if (!closed) {
                          choose();
                        }
                      }),
              nanos,
              TimeUnit.NANOSECONDS);
    }
  }

  private void move(Remote to) {
    Remote from = current;
    current = to;
    logMoved(from, to);
    for (FailoverToken token : live) {
      token.behind = to.source.hold(token.target);
    }
    for (PendingTake asked : List.copyOf(waiting)) {
      asked.cancelBehind();
      ask(asked);
    }
    from.source.leave();
  }

  private void logMoved(Remote from, Remote to) {
    if (from == none) {
      log.info("tokens come from %s".formatted(to.source));
    } else if (!remotes.contains(from)) {
      log.info("tokens come from %s: %s is not listed any more".formatted(to.source, from.source));
    } else if (from.connected) {
      log.info("tokens come from %s again, no longer from %s".formatted(to.source, from.source));
    } else if (from.wasThere) {
      log.warn(
          "tokens come from %s now: %s gives none (not connected, or a standby)"
              .formatted(to.source, from.source));
    } else {
      log.info("tokens come from %s: %s is not there yet".formatted(to.source, from.source));
    }
  }

  @Override
  public CompletableFuture<Token> take(Demand demand) {
    PendingTake asked = new PendingTake(demand, this::withdraw, ticker.nanoTime());
    serial.execute(
        () -> {
          waiting.add(asked);
          ask(asked);
        });
    return asked;
  }

  private void ask(PendingTake asked) {
    CompletableFuture<Token> behind = asked.askOf(current.source, ticker.nanoTime());
    behind.whenComplete(
        (token, failure) -> serial.execute(() -> answered(asked, behind, token, failure)));
  }

  private void answered(
      PendingTake asked,
      CompletableFuture<Token> behind,
      @Nullable Token token,
      @Nullable Throwable failure) {
    boolean wanted = asked.delegate() == behind && waiting.remove(asked);
    if (token != null && wanted) {
      asked.deliver(track(token));
    } else if (token != null) {
      token.release(Outcome.unused());
    } else if (failure != null && wanted) {
      asked.completeExceptionally(failure);
    }
  }

  private FailoverToken track(Token behind) {
    FailoverToken token = new FailoverToken(behind.target());
    token.behind = behind;
    live.add(token);
    return token;
  }

  private void withdraw(PendingTake asked) {
    serial.execute(
        () -> {
          if (waiting.remove(asked)) {
            asked.cancelBehind();
          }
        });
  }

  private void gone(Remote remote, String hostPort) {
    if (remote == current) {
      goneListeners.tell(hostPort);
    }
  }

  /** {@inheritDoc} The token stays held across every change of source. */
  @Override
  public Token hold(Target target) {
    FailoverToken token = new FailoverToken(target);
    serial.execute(
        () -> {
          token.behind = current.source.hold(target);
          live.add(token);
        });
    return token;
  }

  /** {@inheritDoc} Only events of the current source are reported. */
  @Override
  public Subscription onGone(Consumer<String> listener) {
    return goneListeners.add(listener);
  }

  /** Returns whether the current source is connected. */
  @Override
  public boolean connected() {
    return connected;
  }

  @Override
  public Subscription onConnection(Consumer<Boolean> listener) {
    return connectionListeners.add(listener);
  }

  @Override
  public void leave() {
    serial.execute(
        () -> {
          live.clear();
          current.source.leave();
        });
  }

  @Override
  public void close() {
    serial.execute(
        () -> {
          closed = true;
          remotes.forEach(Remote::close);
          none.close();
        });
  }

  /** Returns the names of the sources, in order. */
  @Override
  public String toString() {
    return remotes.isEmpty()
        ? none.source.toString()
        : remotes.stream().map(r -> r.source.toString()).collect(Collectors.joining(", "));
  }

  /** One of the sources, and its state. */
  private static final class Remote {

    private final RemoteTokenSource source;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private boolean connected;
    private boolean wasThere;
    private boolean checkScheduled;
    private long since;

    Remote(RemoteTokenSource source) {
      this.source = source;
    }

    void close() {
      subscriptions.forEach(Subscription::close);
      source.close();
    }
  }

  /** A token whose count moves with the change of sources. */
  private final class FailoverToken implements Token {

    private final Target target;
    private @Nullable Token behind;
    private boolean released;

    FailoverToken(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public void release(Outcome outcome) {
      serial.execute(
          () -> {
            live.remove(this);
            if (!released && behind != null) {
              released = true;
              behind.release(outcome);
            }
          });
    }
  }
}
