package example;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.testkit.RefresherContract;
import io.lbtk.testkit.TestContext;
import io.lbtk.testkit.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DirectoryRefresherTest extends RefresherContract {

  @TempDir Path folder;

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = folder.resolve("targets");
    setSource(List.of());
  }

  @AfterEach
  void endScheduler() {
    scheduler.shutdownNow();
  }

  @Override
  protected Refresher newRefresher() {
    TestSettings settings =
        new TestSettings(Map.of("path", directory.toString(), "interval", "20ms"));
    return new DirectoryRefresher.Provider()
        .create(settings, new TestContext("refresher.test", scheduler, Ticker.system()));
  }

  /** The watched directory is a link, so that another one can be put in its place in one step. */
  @Override
  protected void setSource(List<Target> targets) throws IOException {
    Path next = Files.createTempDirectory(folder, "next");
    for (Target target : targets) {
      Files.createFile(next.resolve(target.toString()));
    }
    Path link = Files.createSymbolicLink(next.resolveSibling(next.getFileName() + ".link"), next);
    Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  protected void breakSource() throws IOException {
    Files.delete(directory);
  }
}
