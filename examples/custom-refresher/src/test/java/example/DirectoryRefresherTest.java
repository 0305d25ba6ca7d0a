package example;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DirectoryRefresherTest extends RefresherContract {

  @TempDir Path folder;

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectories(folder.resolve("targets"));
  }

  @AfterEach
  void endScheduler() {
    scheduler.shutdownNow();
  }

  @Override
  protected Refresher newRefresher() {
    return new DirectoryRefresher(directory, Duration.ofMillis(20), scheduler);
  }

  /**
   * Prepares the directory beside the watched one, and swaps them: a reader sees one or the other.
   */
  @Override
  protected void setSource(List<Target> targets) throws IOException {
    Path next = Files.createTempDirectory(folder, "next");
    Set<String> names = targets.stream().map(Target::toString).collect(Collectors.toSet());
    for (String name : names) {
      Files.createFile(next.resolve(name));
    }
    if (Files.exists(directory)) {
      Files.move(directory, Files.createTempDirectory(folder, "old").resolve("targets"));
    }
    Files.move(next, directory);
  }

  @Override
  protected void breakSource() throws IOException {
    Files.move(directory, Files.createTempDirectory(folder, "old").resolve("targets"));
  }
}
