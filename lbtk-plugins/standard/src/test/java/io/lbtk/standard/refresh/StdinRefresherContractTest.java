package io.lbtk.standard.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.RefresherContract;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

class StdinRefresherContractTest extends RefresherContract {

  private final PipedInputStream input = new PipedInputStream(8 << 20);
  private final PipedOutputStream output = new PipedOutputStream(input);

  StdinRefresherContractTest() throws IOException {}

  @AfterEach
  void closeInput() throws IOException {
    output.close();
  }

  @Override
  protected Refresher newRefresher() {
    return StdinRefresher.builder().input(input).build();
  }

  @Override
  protected void setSource(List<Target> targets) throws IOException {
    String list = targets.stream().map(Target::toString).collect(Collectors.joining("\n"));
    output.write((list + "\n\n").getBytes(UTF_8));
    output.flush();
  }

  /** What was written before the start stays there: a good list comes before any that is not. */
  @Override
  protected boolean supports(Feature feature) {
    return feature != Feature.EMPTY
        && feature != Feature.SHARED_SOURCE
        && feature != Feature.FAILURES;
  }
}
