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

/** A process with all that it has started, as far as the system still knows them as such. */
final class ProcessTree {

  private static final Duration GRACE = Duration.ofSeconds(1);

  private ProcessTree() {}

  /**
   * Ends them: by request, and after a second by force. Returns when they are gone, or have been
   * told by force. Another call meanwhile does no harm.
   */
  static void end(ProcessHandle root) {
    List<ProcessHandle> tree = withDescendants(List.of(root));
    tree.forEach(ProcessHandle::destroy);
    await(tree);
    withDescendants(tree).forEach(ProcessHandle::destroyForcibly);
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

  private static void await(List<ProcessHandle> tree) {
    CompletableFuture<?>[] exits =
        tree.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // Those that are left are ended by force.
    }
  }
}
