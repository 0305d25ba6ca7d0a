package io.lbtk.benchmarks.changes;

import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A directory without a registrar of its own: with each change, the whole list is given anew. */
abstract class ListDirectory implements Directory {

  private final Set<Target> targets = new LinkedHashSet<>();

  /** Has the refresher find these, and no others, from now on. */
  abstract void publish(List<Target> targets);

  private synchronized void replace(@Nullable Target old, @Nullable Target fresh) {
    if (old != null) {
      targets.remove(old);
    }
    if (fresh != null) {
      targets.add(fresh);
    }
    publish(List.copyOf(targets));
  }

  @Override
  public final Registrar registrar() {
    return new Entry();
  }

  /** One target of the list. */
  private final class Entry implements Registrar {

    private @Nullable Target target;

    @Override
    public CompletableFuture<Void> register(Target fresh) {
      replace(target, fresh);
      target = fresh;
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> withdraw() {
      replace(target, null);
      target = null;
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      withdraw().join();
    }
  }
}
