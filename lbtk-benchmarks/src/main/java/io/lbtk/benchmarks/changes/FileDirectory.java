package io.lbtk.benchmarks.changes;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.standard.refresh.FileRefresher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A file, which is replaced by another with each change. */
final class FileDirectory extends ListDirectory {

  private final Path file;

  FileDirectory(Path folder) {
    this.file = folder.resolve("targets");
    publish(List.of());
  }

  @Override
  void publish(List<Target> targets) {
    List<String> lines = targets.stream().map(Target::toString).toList();
    try {
      Path next = Files.write(file.resolveSibling("targets.next"), lines);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Refresher refresher() {
    return FileRefresher.builder(file).build();
  }

  @Override
  public void close() {}
}
