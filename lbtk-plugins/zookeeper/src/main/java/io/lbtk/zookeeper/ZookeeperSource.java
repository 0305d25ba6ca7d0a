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
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Reads the children of a node: all after the connection was away, and those of which a watch tells
 * as long as it stands. That none was missed is seen by their number.
 */
final class ZookeeperSource implements PolledRefresher.Source {

  private static final int MAX_DATA = 64 * 1024;
  private static final int MAX_SHOWN = 200;
  private static final byte[] NO_DATA = {};

  /** So long it is waited for a moment without a change. */
  private static final Duration NO_REST = Duration.ofSeconds(1);

  private final Ensemble ensemble;
  private final String path;
  private final EntryFormat format;
  private final ZookeeperConnection connection;
  private final ChildReader reader;
  private final ChangedChildren touched;
  private final Children children;

  /** The session that has the watch. */
  private @Nullable ZooKeeper watched;

  /** The last report; null if it was a failure. */
  private @Nullable Refresh last;

  /**
   * Whether to see how long the data of a child is before it is read: the client breaks the
   * connection over what is too long for it. So it is, from when the connection was lost over data
   * until all children are known to be short enough.
   */
  private boolean careful;

  /** How often in a row the connection was lost over the list of the names. */
  private int lostLists;

  /**
   * Does not connect yet.
   *
   * @param name of the refresher, for the log
   */
  ZookeeperSource(String name, Ensemble ensemble, String path, EntryFormat format) {
    this.ensemble = ensemble;
    this.path = path;
    this.format = format;
    // The client finds a connection dead when it has been silent for two thirds of the session.
    Duration session = ensemble.timeout().multipliedBy(3).dividedBy(2);
    this.connection = new ZookeeperConnection(ensemble, session);
    this.reader =
        new ChildReader(path, ensemble.maxSize(), MAX_DATA, session.plus(ensemble.timeout()));
    this.touched = new ChangedChildren(path);
    this.children = new Children(new BadEntries(name + ": " + ensemble.at(path)));
  }

  @Override
  public Refresher.Mode mode() {
    return Refresher.Mode.PUSHED;
  }

  @Override
  public void watch(Runnable changed) {
    touched.onChange(changed);
    connection.open(touched::all);
  }

  @Override
  public Refresh read() {
    try {
      ZooKeeper zookeeper = connection.await();
      if (zookeeper != watched) {
        // Before it is read; the client sets it anew where it connects to another server.
        zookeeper.addWatch(path, touched, AddWatchMode.PERSISTENT_RECURSIVE);
        watched = zookeeper;
      }
      if (!readToRest(zookeeper) && !children.haveTarget()) {
        return failure(
            ensemble.at(path) + ": its children come and go faster than they can be read", null);
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
    touched.forget();
    last = null;
    return cause == null ? Refresh.failure(message) : Refresh.failure(message, cause);
  }

  /**
   * Reads what has changed until nothing came or went meanwhile. What is read one by one is nothing
   * that ever stood there at once, otherwise: of targets that replace others in one step, it could
   * have none.
   *
   * @return false if there was no rest for too long; what was read is right child by child
   */
  private boolean readToRest(ZooKeeper zookeeper)
      throws KeeperException, IOException, InterruptedException {
    ChildReader.Node before = reader.node(zookeeper);
    long end = 0;
    do {
      ChangedChildren.Taken taken = touched.take();
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
        touched.forget();
      }
      before = after;
      end = end == 0 ? System.nanoTime() + NO_REST.toNanos() : end;
    } while (System.nanoTime() - end < 0);
    return false;
  }

  /**
   * Reads which children there are, and those that are new.
   *
   * @param count how many there were just now
   * @param anew the others too
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

  /** The client breaks the connection over a list that is too long for it, and says no more. */
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
   * @return whether none of them had too much
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

  /** Those whose data is not too long; the others are done with. */
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
}
