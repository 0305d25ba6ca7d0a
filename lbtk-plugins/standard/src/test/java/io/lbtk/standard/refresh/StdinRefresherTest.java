package io.lbtk.standard.refresh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StdinRefresherTest {

  private final ManualClock clock = new ManualClock();
  private final LogLines log = new LogLines("io.lbtk");
  private final RecordingListener listener = new RecordingListener();
  private final PipedInputStream input = new PipedInputStream(1 << 20);
  private final OutputStream output = connected(input);
  private final StdinRefresher refresher =
      StdinRefresher.builder()
          .input(input)
          .name("refresher.x")
          .maxSize(100_000)
          .scheduler(clock)
          .build();

  private static OutputStream connected(PipedInputStream input) {
    try {
      return new PipedOutputStream(input);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void start() {
    refresher.start(listener);
  }

  @AfterEach
  void close() throws IOException {
    refresher.close();
    output.close();
    log.close();
    assertThat(listener.violations()).isEmpty();
  }

  private void write(String text) throws IOException {
    output.write(text.getBytes(UTF_8));
    output.flush();
  }

  @Test
  void aBlankLineEndsAListAndSeveralCountAsOne() throws IOException {
    write("\n\na:1\n\n \t\n\r\n\nb:1\nc:1\n\n");

    listener.awaitTargets("b:1", "c:1");
    assertThat(listener.reports()).hasSize(2);
  }

  @Test
  void theEndOfTheInputEndsAList() throws IOException {
    write("a:1\n\nb:1\nc:1");
    output.close();

    listener.awaitTargets("b:1", "c:1");
    await()
        .until(
            () -> log.lines().contains("INFO refresher.x: stdin has ended; the last list stays"));
    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void theEndOfTheInputAfterAListLeavesIt() throws IOException {
    write("a:1\n\n");
    output.close();

    await().until(() -> log.lines().size() == 1);
    listener.awaitTargets("a:1");
    assertThat(listener.reports()).hasSize(1);
  }

  @Test
  void anInputWithoutAListIsAFailure() throws IOException {
    write("\n\n");
    output.close();

    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message())
        .isEqualTo("stdin has ended, and no list of targets was in it");
  }

  @Test
  void aListWithoutATargetIsRefusedAndTheSetStays() throws IOException {
    write("a:1\n\nnonsense\n\n");

    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message()).startsWith("stdin: no target in it");
    assertThat(listener.hostPorts()).containsExactly("a:1");
    write("# nothing for now\n\nb:1\n\n");

    listener.awaitTargets("b:1");
    assertThat(listener.sets()).isEqualTo(2);
  }

  @Test
  void garbageIsNamedByItsLineAndSkipped() throws IOException {
    write("a:1\n\nb:1\nnonsense\n\n");

    listener.awaitTargets("b:1");
    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().get(0))
        .startsWith("WARN refresher.x: stdin, line 4: \"nonsense\" is skipped");
  }

  @Test
  void aListThatIsNotEndedIsNamedAfterFiveSeconds() throws IOException {
    write("a:1\nb:1\n");
    await().until(() -> clock.pending() == 1);

    clock.advance(Duration.ofMillis(4999));
    assertThat(log.lines()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(log.lines())
        .containsExactly(
            "WARN refresher.x: a list on stdin is not ended after 5s (expected: a blank line after"
                + " its last target)");
    assertThat(listener.reports()).isEmpty();
    write("\n");

    listener.awaitTargets("a:1", "b:1");
  }

  @Test
  void aListThatWasEndedInTimeIsNotNamed() throws IOException {
    write("a:1\n\n");
    listener.awaitTargets("a:1");

    clock.advance(Duration.ofSeconds(60));

    assertThat(log.lines()).isEmpty();
  }

  @Test
  void aListThatIsTooLargeIsRefusedAndTheNextIsRead() throws IOException {
    write("a:1\n".repeat(30_000) + "\nb:1\n\n");

    listener.awaitTargets("b:1");
    assertThat(listener.failures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.message())
                    .isEqualTo("stdin: a list of more than 100000 bytes is refused"));
  }

  @Test
  void nothingComesAfterCloseAndTheInputStaysOpen() throws IOException {
    write("a:1\n\n");
    listener.awaitTargets("a:1");

    refresher.close();
    listener.closed();
    write("b:1\n\n");

    await().until(() -> input.available() == 0);
    assertThat(listener.hostPorts()).containsExactly("a:1");
  }

  @Test
  void anErrorOfTheListenerDoesNotEndTheReading() {
    AtomicInteger failures = new AtomicInteger(1);
    InputStream lists = new ByteArrayInputStream("a:1\n\na:1\n\n".getBytes(UTF_8));
    try (StdinRefresher reading = StdinRefresher.builder().input(lists).scheduler(clock).build()) {
      reading.start(
          report -> {
            if (failures.getAndDecrement() > 0) {
              throw new NoClassDefFoundError("thrown by the test");
            }
            listener.onRefresh(report);
          });

      listener.awaitTargets("a:1");
    }
  }
}
