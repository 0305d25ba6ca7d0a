package io.lbtk.standard.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class FileRefresherContractTest extends RefresherContract {

  @TempDir Path dir;

  @Override
  protected Refresher newRefresher() {
    return FileRefresher.builder(dir.resolve("targets")).interval(Duration.ofMillis(50)).build();
  }

  @Override
  protected void setSource(List<Target> targets) throws IOException {
    Path other = Files.write(dir.resolve("new"), targets.stream().map(Target::toString).toList());
    Files.move(other, dir.resolve("targets"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  protected void breakSource() throws IOException {
    Files.delete(dir.resolve("targets"));
  }
}
