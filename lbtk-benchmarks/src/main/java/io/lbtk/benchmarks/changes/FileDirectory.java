package io.lbtk.benchmarks.changes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Registrar;
import io.lbtk.api.Target;
import io.lbtk.standard.refresh.FileRefresher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A file, which is replaced by another with each change. */
final class FileDirectory implements Directory {

  private final Path file;
  private final Set<String> lines = new TreeSet<>();

  FileDirectory(Path folder) {
    this.file = folder.resolve("targets");
    write();
  }

  private void write() {
    try {
      Path next = Files.write(file.resolveSibling("targets.next"), lines);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void replace(@Nullable Target old, @Nullable Target fresh) {
    if (old != null) {
      lines.remove(old.toString());
    }
    if (fresh != null) {
      lines.add(fresh.toString());
    }
    write();
  }

  @Override
  public Refresher refresher() {
    return FileRefresher.builder(file).build();
  }

  @Override
  public Registrar registrar() {
    return new Line();
  }

  @Override
  public void close() {}

  /** One line of the file. */
  private final class Line implements Registrar {

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
