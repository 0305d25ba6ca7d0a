package io.lbtk.standard.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {

  /** The shell ends when it is asked to; its child does not, and says so once it is up. */
  private static final String STUBBORN_CHILD =
      "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done' & wait";

  @Test
  void aTreeThatIsBeingEndedHasNoFurtherGraceBeforeAnExit() throws Exception {
    Process shell = new ProcessBuilder("sh", "-c", STUBBORN_CHILD).start();
    ProcessHandle child = ProcessHandle.of(readPid(shell)).orElseThrow();
    ProcessTree tree = new ProcessTree(shell.toHandle(), Duration.ofHours(1));
    CompletableFuture<Void> ending = CompletableFuture.runAsync(tree::end);
    assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.isAlive()).isTrue();

    tree.endBeforeExit();

    await().atMost(Duration.ofSeconds(30)).until(() -> !child.isAlive());
    assertThat(ending).succeedsWithin(Duration.ofSeconds(30));
  }

  private static long readPid(Process shell) throws IOException {
    try (BufferedReader out = shell.inputReader(StandardCharsets.UTF_8)) {
      return Long.parseLong(out.readLine());
    }
  }
}
