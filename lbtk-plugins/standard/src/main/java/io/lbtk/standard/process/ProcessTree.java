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

/** A process with all that it has started, as far as the system still knows them as such. */
final class ProcessTree {

  private final ProcessHandle root;
  private final Duration grace;
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<Void> hurry = new CompletableFuture<>();

  /**
   * The tree of a process that was started.
   *
   * @param grace from the request to end to the end by force
   */
  ProcessTree(ProcessHandle root, Duration grace) {
    this.root = root;
    this.grace = grace;
  }

  /** Ends them: by request, and after the grace by force. Returns when that is done. */
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
   * Ends them as {@link #end} does. If another thread has begun with that, they have no further
   * grace: lbtk may be about to end itself, and those that ignore the request would survive.
   */
  void endBeforeExit() {
    if (lock.isLocked()) {
      hurry.complete(null);
    }
    end();
  }

  /** First those given, so that they start no others while these are ended. */
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
      // Those that are left are ended by force.
    }
  }
}
