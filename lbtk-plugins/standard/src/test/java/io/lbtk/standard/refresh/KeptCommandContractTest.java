package io.lbtk.standard.refresh;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** A command that is kept running: it follows a file to which lists are appended. */
class KeptCommandContractTest extends RefresherContract {

  @TempDir Path dir;

  @Override
  protected Refresher newRefresher() {
    return ExecRefresher.builder(
            List.of("tail", "-n", "+1", "-s", "0.01", "-f", dir.resolve("lists").toString()))
        .interval(Duration.ZERO)
        .build();
  }

  @Override
  protected void setSource(List<Target> targets) throws IOException {
    List<String> lines = new ArrayList<>(targets.stream().map(Target::toString).toList());
    lines.add("");
    Files.write(dir.resolve("lists"), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** It reads the lists from the first on: it finds a good one before any that is not. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.EMPTY && feature != Feature.FAILURES;
  }
}
