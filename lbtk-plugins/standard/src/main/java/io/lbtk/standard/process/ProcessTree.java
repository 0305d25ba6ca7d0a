package io.lbtk.standard.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/** A process and its descendants, as far as the system still knows them as such. */
final class ProcessTree {

  private final ProcessHandle root;
  private final Duration grace;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> hurry = new CompletableFuture<>();

  /**
   * Creates the tree of a running process.
   *
   * @param root the process at its root
   * @param grace the time from SIGTERM to SIGKILL
   */
  ProcessTree(ProcessHandle root, Duration grace) {
    this.root = root;
    this.grace = grace;
  }

  /** Terminates all processes, forcibly after the grace period, and waits for it. */
  void end() {
    lock.lock();
    try {
      List<ProcessHandle> tree = withDescendants(List.of(root));
      tree.forEach(ProcessHandle::destroy);
      await(tree);
      withDescendants(tree).forEach(ProcessHandle::destroyForcibly);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Terminates them as {@link #end} does. If another thread is already doing so, the grace period
   * ends now: the JVM may be about to exit, and processes that ignore SIGTERM would survive.
   */
  void endBeforeExit() {
    if (lock.isLocked()) {
      hurry.complete(null);
    }
    end();
  }

  /**
   * Returns the roots before their descendants, so that they start no others while these are
   * terminated.
   */
  private static List<ProcessHandle> withDescendants(List<ProcessHandle> roots) {
    Set<ProcessHandle> tree = new LinkedHashSet<>();
    for (ProcessHandle root : roots) {
      if (root.isAlive()) {
        tree.add(root);
        root.descendants().forEach(tree::add);
      }
    }
    return new ArrayList<>(tree);
  }

  private void await(List<ProcessHandle> tree) {
    CompletableFuture<?>[] exits =
        tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.anyOf(CompletableFuture.allOf(exits), hurry)
          .get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // The remaining processes are killed.
    }
  }
}
