package io.lbtk.testkit;

import io.lbtk.api.Target;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A set of targets in memory that tells of each change and can break. */
final class MemorySource {

  static final class BrokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final List<Runnable> subscribers = new CopyOnWriteArrayList<>();
  private volatile List<Target> targets = List.of();
  private volatile boolean broken;

  List<Target> read() {
    if (broken) {
      throw new BrokenException();
    }
    return targets;
  }

  void set(List<Target> targets) {
    this.targets = List.copyOf(targets);
    broken = false;
    subscribers.forEach(Runnable::run);
  }

  void breakDown() {
    broken = true;
    subscribers.forEach(Runnable::run);
  }

  void subscribe(Runnable subscriber) {
    subscribers.add(subscriber);
  }

  void unsubscribe(Runnable subscriber) {
    subscribers.remove(subscriber);
  }
}
