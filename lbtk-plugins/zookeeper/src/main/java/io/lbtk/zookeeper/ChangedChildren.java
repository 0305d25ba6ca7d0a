package io.lbtk.zookeeper;

import java.util.HashSet;
import java.util.Set;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;

/**
 * Which children of a node have changed since they were read last, as a recursive watch tells.
 * Thread-safe.
 */
final class ChangedChildren implements Watcher {

  /**
   * What is to be read again.
   *
   * @param all every child; the names count for nothing then
   */
  record Taken(boolean all, Set<String> names) {}

  private final String path;
  private final String prefix;
  private volatile Runnable changed = () -> {};
  private Set<String> names = new HashSet<>();
  private boolean all = true;

  /** All children of a node, at first. */
  ChangedChildren(String path) {
    this.path = path;
    this.prefix = path.equals("/") ? path : path + "/";
  }

  /**
   * Tells of changes from now on.
   *
   * @param changed run after each, from any thread
   */
  void onChange(Runnable changed) {
    this.changed = changed;
  }

  @Override
  public void process(WatchedEvent event) {
    String at = event.getPath();
    if (event.getType() == Event.EventType.None || at == null) {
      // The connection speaks of itself, and all() is called for it.
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

  /** All may have changed, and are to be read soon. */
  void all() {
    forget();
    changed.run();
  }

  /** What was taken could not be read: all are to be read the next time. */
  synchronized void forget() {
    all = true;
  }

  /** What there is; it is to be read now. */
  synchronized Taken take() {
    Taken taken = new Taken(all, names);
    names = new HashSet<>();
    all = false;
    return taken;
  }
}
