package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.core.refresh.PolledRefresher;
import io.lbtk.discovery.BadEntries;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Reads the children of a node: all of them after a lost connection, and otherwise those that a
 * watch reports as changed. The number of children reveals missed events.
 */
final class ZookeeperSource implements PolledRefresher.Source {

  private static final int MAX_DATA = 64 * 1024;
  private static final int MAX_SHOWN = 200;
  private static final byte[] NO_DATA = {};

  /** Longest wait for a read without a concurrent change. */
  private static final Duration NO_REST = Duration.ofSeconds(1);

  private final Ensemble ensemble;
  private final String path;
  private final EntryFormat format;
  private final ZookeeperConnection connection;
  private final ChildReader reader;
  private final ChangedChildren changes;
  private final Children children;

  /** The session in which the watch is set. */
  private @Nullable ZooKeeper watched;

  /** The last report; null if it was a failure. */
  private @Nullable Refresh last;

  /**
   * True if the size of the data of a child has to be checked before it is read, because the client
   * breaks the connection if data is too long. Set when the connection is lost during a read, until
   * all children are known to be short enough.
   */
  private boolean careful;

  /** Number of times in a row that the connection was lost while the names were listed. */
  private int lostLists;

  /**
   * Creates a source that is not connected yet.
   *
   * @param name the name of the refresher, for the log
   */
  ZookeeperSource(String name, Ensemble ensemble, String path, EntryFormat format) {
    this.ensemble = ensemble;
    this.path = path;
    this.format = format;
    // The client drops a connection that is silent for two thirds of the session timeout.
    Duration session = ensemble.timeout().multipliedBy(3).dividedBy(2);
    this.connection = new ZookeeperConnection(ensemble, session);
    this.reader =
        new ChildReader(path, ensemble.maxSize(), MAX_DATA, session.plus(ensemble.timeout()));
    this.changes = new ChangedChildren(path);
    this.children = new Children(new BadEntries(name + ": " + ensemble.at(path)));
  }

  @Override
  public Refresher.Mode mode() {
    return Refresher.Mode.PUSHED;
  }

  @Override
  public void watch(Runnable changed) {
    changes.onChange(changed);
    connection.open(changes::all);
  }

  @Override
  public Refresh read() {
    try {
      ZooKeeper zookeeper = connection.await();
      if (zookeeper != watched) {
        // Before the read; the client sets it again when it connects to another server.
        zookeeper.addWatch(path, changes, AddWatchMode.PERSISTENT_RECURSIVE);
        watched = zookeeper;
      }
      if (!readToRest(zookeeper) && !children.haveTarget()) {
        return failure(
            ensemble.at(path) + ": its children change faster than they can be read", null);
      }
      Refresh report = children.report(last, ensemble.at(path));
      last = report instanceof Refresh.Failure ? null : report;
      return report;
    } catch (KeeperException e) {
      return failure(ensemble.problem(path, e), e);
    } catch (TimeoutException | IOException e) {
      return failure(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failure(ensemble.at(path) + ": interrupted", e);
    }
  }

  private Refresh failure(String message, @Nullable Exception cause) {
    changes.forget();
    last = null;
    return cause == null ? Refresh.failure(message) : Refresh.failure(message, cause);
  }

  /**
   * Reads the changed children until none is added or removed during the read. Otherwise the result
   * could be a set that never existed: of targets that replace others in one transaction, it might
   * have none.
   *
   * @return false if changes did not pause in time; each child that was read is correct by itself
   */
  private boolean readToRest(ZooKeeper zookeeper)
      throws KeeperException, IOException, InterruptedException {
    ChildReader.Node before = reader.node(zookeeper);
    long end = 0;
    do {
      ChangedChildren.Taken taken = changes.take();
      if (taken.all() || taken.names().isEmpty()) {
        readAll(zookeeper, before.children(), taken.all());
      } else {
        readSome(zookeeper, taken.names());
      }
      ChildReader.Node after = reader.node(zookeeper);
      if (after.lastChange() == before.lastChange()) {
        if (after.children() == children.size()) {
          return true;
        }
        changes.forget();
      }
      before = after;
      end = end == 0 ? System.nanoTime() + NO_REST.toNanos() : end;
    } while (System.nanoTime() - end < 0);
    return false;
  }

  /**
   * Lists the children and reads the new ones.
   *
   * @param count the number of children just before
   * @param anew whether known children are read, too
   */
  private void readAll(ZooKeeper zookeeper, int count, boolean anew)
      throws KeeperException, IOException, InterruptedException {
    Set<String> names = names(zookeeper, count);
    children.retain(names);
    boolean every = anew && format.needsData();
    List<String> unread = names.stream().filter(name -> every || !children.has(name)).toList();
    if (format.needsData()) {
      boolean allShort = readData(zookeeper, unread);
      careful = careful && !(anew && allShort);
    } else {
      unread.forEach(name -> put(name, NO_DATA));
    }
  }

  /**
   * Lists the names; the client breaks the connection if the list is too long, without a reason.
   */
  private Set<String> names(ZooKeeper zookeeper, int count)
      throws KeeperException, IOException, InterruptedException {
    try {
      Set<String> names = new HashSet<>(zookeeper.getChildren(path, false));
      lostLists = 0;
      return names;
    } catch (KeeperException.ConnectionLossException e) {
      if (++lostLists == 1) {
        throw e;
      }
      throw new IOException(
          "%s: the connection is lost each time its %,d children are listed (expected: a list of at most %,d bytes, max-size)"
              .formatted(ensemble.at(path), count, ensemble.maxSize()),
          e);
    }
  }

  private void readSome(ZooKeeper zookeeper, Set<String> names)
      throws KeeperException, InterruptedException {
    if (format.needsData()) {
      var unused = readData(zookeeper, names);
    } else {
      reader.look(zookeeper, names, this::take);
    }
  }

  /**
   * Reads the data of children.
   *
   * @return whether all of them were short enough
   */
  private boolean readData(ZooKeeper zookeeper, Collection<String> names)
      throws KeeperException, InterruptedException {
    Collection<String> wanted = careful ? shortOnes(zookeeper, names) : names;
    try {
      reader.read(zookeeper, wanted, this::take);
      return wanted.size() == names.size();
    } catch (KeeperException.ConnectionLossException e) {
      careful = true;
      throw e;
    }
  }

  /** Returns the children whose data is short enough, and handles the others. */
  private Collection<String> shortOnes(ZooKeeper zookeeper, Collection<String> names)
      throws KeeperException, InterruptedException {
    List<String> found = new ArrayList<>();
    reader.look(
        zookeeper,
        names,
        answer -> {
          if (answer.code() == Code.OK && answer.length() <= MAX_DATA) {
            found.add(answer.name());
          } else {
            take(answer);
          }
        });
    return found;
  }

  private void take(ChildAnswer answer) {
    String name = answer.name();
    if (answer.code() == Code.NONODE) {
      children.remove(name);
    } else if (answer.code() == Code.NOAUTH) {
      children.putBad(name, "", "not allowed (expected: one that may be read)");
    } else if (answer.length() > MAX_DATA && format.needsData()) {
      children.putBad(
          name, "", "%,d bytes (expected: at most %,d)".formatted(answer.length(), MAX_DATA));
    } else {
      put(name, answer.data());
    }
  }

  private void put(String name, byte[] data) {
    try {
      children.put(name, format.read(name, data));
    } catch (IllegalArgumentException e) {
      String shown = new String(data, 0, Math.min(data.length, MAX_SHOWN), UTF_8);
      children.putBad(name, shown, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  /**
   * Collects the children of a node that have changed since the last read, from a recursive watch.
   * Thread-safe.
   */
  private static final class ChangedChildren implements Watcher {

    /**
     * The children to read.
     *
     * @param all whether every child is to be read, whatever {@code names} has
     */
    record Taken(boolean all, Set<String> names) {}

    private final String path;
    private final String prefix;
    private volatile Runnable changed = () -> {};
    private Set<String> names = new HashSet<>();
    private boolean all = true;

    /** Creates a collector with all children marked as changed. */
    ChangedChildren(String path) {
      this.path = path;
      this.prefix = path.equals("/") ? path : path + "/";
    }

    /**
     * Sets the callback for changes.
     *
     * @param changed run on any thread after each change
     */
    void onChange(Runnable changed) {
      this.changed = changed;
    }

    @Override
    public void process(WatchedEvent event) {
      String at = event.getPath();
      if (event.getType() == Event.EventType.None || at == null) {
        // An event of the connection, after which all() is called separately.
        return;
      }
      if (at.equals(path)) {
        if (event.getType() != Event.EventType.NodeDataChanged) {
          all();
        }
      } else if (at.startsWith(prefix) && at.indexOf('/', prefix.length()) < 0) {
        add(at.substring(prefix.length()));
        changed.run();
      }
    }

    private synchronized void add(String name) {
      names.add(name);
    }

    /** Marks all children as changed, and reports that. */
    void all() {
      forget();
      changed.run();
    }

    /** Marks all children as changed, because those last taken could not be read. */
    synchronized void forget() {
      all = true;
    }

    /** Returns the changes, and resets them. */
    synchronized Taken take() {
      Taken taken = new Taken(all, names);
      names = new HashSet<>();
      all = false;
      return taken;
    }
  }
}
