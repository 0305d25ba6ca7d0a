package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresher.Mode;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.RecordingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real commands. */
class ExecRefresherTest {

  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir Path dir;

  private final LogLines log = new LogLines("io.lbtk");
  private final RecordingListener listener = new RecordingListener();
  private ExecRefresher refresher = ExecRefresher.shell("true");

  @AfterEach
  void close() {
    refresher.close();
    log.close();
    assertThat(listener.violations()).isEmpty();
  }

  private void start(ExecRefresher.Builder builder) {
    refresher = builder.name("refresher.x").build();
    refresher.start(listener);
  }

  private void startOften(String command) {
    start(ExecRefresher.shellBuilder(command).interval(OFTEN));
  }

  private void startKept(String command) {
    start(ExecRefresher.shellBuilder(command).interval(Duration.ZERO));
  }

  private String firstFailure() {
    listener.awaitFailures(1);
    return listener.failures().get(0).message();
  }

  /** The id that a command has written to a file. */
  private long process(String file) {
    Path path = dir.resolve(file);
    await().until(() -> Files.exists(path) && Files.readString(path).endsWith("\n"));
    try {
      return Long.parseLong(Files.readString(path).strip());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitEnd(long process) {
    await().until(() -> ProcessHandle.of(process).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void theOutputOfEachRunIsTheList() throws IOException {
    Path list = Files.writeString(dir.resolve("list"), "a:1\nb:1\n");
    startOften("cat '" + list + "'");
    listener.awaitTargets("a:1", "b:1");

    Files.writeString(list, "[{\"targets\":[\"c:1\"]}]");

    listener.awaitTargets("c:1");
    assertThat(refresher.mode()).isEqualTo(Mode.POLLED);
  }

  @Test
  void aProgramIsRunWithoutAShell() {
    start(ExecRefresher.builder(List.of("printf", "%s:1\\n", "a", "b")).interval(NEVER));

    listener.awaitTargets("a:1", "b:1");
  }

  @Test
  void theCommandHasNoInput() {
    startOften("cat; echo a:1");

    listener.awaitTargets("a:1");
  }

  @Test
  void anOutputOfMegabytesIsRead() {
    start(
        ExecRefresher.shellBuilder(
                "i=0; while [ $i -lt 30 ]; do echo \"t$i:1\"; i=$((i+1)); done;"
                    + " head -c 3000000 /dev/zero | tr '\\0' '\\n'; echo z:1")
            .interval(NEVER));

    listener.awaitFirst();
    assertThat(listener.hostPorts()).hasSize(31).contains("z:1");
  }

  @Test
  void anotherExitCodeThanZeroIsAFailureWithTheLastLineOfStderr() throws IOException {
    Path list = Files.writeString(dir.resolve("list"), "a:1\n");
    // The list is looked at once: it may be deleted at any moment of a run.
    startOften("echo trouble >&2; cat '" + list + "' || exit 3");
    listener.awaitTargets("a:1");

    Files.delete(list);

    assertThat(firstFailure()).contains(" ended with exit code 3: cat: ").contains("No such file");
    assertThat(listener.hostPorts()).containsExactly("a:1");
    Files.writeString(list, "b:1\n");
    listener.awaitTargets("b:1");
  }

  @Test
  void theOutputOfACommandThatFailsIsNotUsed() {
    startOften("echo a:1; exit 1");

    assertThat(firstFailure()).isEqualTo("\"echo a:1; exit 1\" ended with exit code 1");
    assertThat(listener.sets()).isZero();
  }

  @Test
  void aCommandThatIsNotThereIsAFailure() {
    startOften("no-such-command-here");
    assertThat(firstFailure()).contains("exit code 127").contains("not found");
    refresher.close();

    RecordingListener other = new RecordingListener();
    refresher = ExecRefresher.builder(List.of("/no/such/program")).interval(OFTEN).build();
    refresher.start(other);
    other.awaitFailures(2);
    assertThat(other.failures().get(0).message())
        .startsWith("\"/no/such/program\" cannot be run: ");
  }

  @Test
  void anOutputWithoutATargetIsAFailureAndNoOutputAnEmptySet() throws IOException {
    startOften("test -e '" + dir.resolve("empty") + "' || echo 'Usage: something'");
    assertThat(firstFailure()).contains("no target in it, but 1 that is none; line 1, \"Usage");

    Files.createFile(dir.resolve("empty"));

    await().until(() -> listener.sets() >= 3);
    assertThat(listener.targets()).isEmpty();
  }

  @Test
  void aCommandThatHangsIsEndedWithAllThatItStarted() {
    ManualClock clock = new ManualClock();
    start(
        ExecRefresher.shellBuilder(
                "cd '%s'; echo waiting >&2; sh -c 'echo $$ > child; exec sleep 1000' & wait"
                    .formatted(dir))
            .interval(NEVER)
            .timeout(Duration.ofSeconds(2))
            .scheduler(clock)
            .ticker(clock));
    long child = process("child");
    clock.advance(Duration.ofSeconds(2));

    assertThat(firstFailure()).contains("did not end within 2000 ms and was ended: waiting");
    awaitEnd(child);
  }

  @Test
  void theTimeIsTakenFromTheClockThatWasGiven() {
    ManualClock clock = new ManualClock();
    start(
        ExecRefresher.shellBuilder("cd '%s'; echo $$ > pid; exec sleep 1000".formatted(dir))
            .interval(Duration.ofSeconds(5))
            .timeout(Duration.ofSeconds(10))
            .scheduler(clock)
            .ticker(clock));
    long process = process("pid");

    clock.advance(Duration.ofSeconds(10));

    awaitEnd(process);
    assertThat(firstFailure()).contains("did not end within 10000 ms");
  }

  @Test
  void closeEndsTheWholeTreeEvenIfItDoesNotWantTo() {
    startKept(
        ("cd '%s'; trap '' TERM; sh -c 'echo $$ > child; while :; do sleep 1000; done' &"
                + " echo $$ > parent; echo a:1; echo; while :; do sleep 1000; done")
            .formatted(dir));
    listener.awaitTargets("a:1");
    long parent = process("parent");
    long child = process("child");

    refresher.close();
    listener.closed();

    awaitEnd(parent);
    awaitEnd(child);
  }

  @Test
  void aDescendantThatHoldsTheOutputOpenIsNotWaitedFor() {
    startOften(
        "cd '%s'; sh -c 'echo $$ > left; exec sleep 1000' & echo a:1; sleep 0.1".formatted(dir));
    long left = process("left");

    listener.awaitTargets("a:1");

    refresher.close();
    ProcessHandle.of(left).ifPresent(ProcessHandle::destroy);
  }

  @Test
  void stderrGoesIntoTheLogOnceWhileItStaysTheSame() {
    startOften("echo careful >&2; echo a:$$");
    listener.awaitReports(5);

    assertThat(log.lines())
        .containsExactly("WARN refresher.x: \"echo careful >&2; echo a:$$\": stderr: careful");
  }

  @Test
  void aFloodOnStderrDoesNotFloodTheLog() {
    start(
        ExecRefresher.shellBuilder(
                "i=0; while [ $i -lt 5000 ]; do echo line $i >&2; i=$((i+1)); done;"
                    + " head -c 100000 /dev/zero | tr '\\0' x >&2; echo a:1")
            .interval(NEVER));
    listener.awaitTargets("a:1");

    assertThat(log.lines()).hasSizeLessThan(100).allMatch(line -> line.length() < 800);
  }

  @Test
  void theLastLineOfAFloodIsNamed() {
    start(
        ExecRefresher.shellBuilder("yes oops | head -c 1000000 >&2; echo lost >&2; exit 3")
            .interval(NEVER));

    assertThat(firstFailure()).endsWith("ended with exit code 3: lost");
  }

  @Test
  void anOutputThatIsTooLargeIsRefusedAndTheCommandEnded() {
    start(
        ExecRefresher.shellBuilder("cd '%s'; echo $$ > pid; exec yes".formatted(dir))
            .interval(NEVER)
            .maxSize(100_000));
    long process = process("pid");

    assertThat(firstFailure()).endsWith("it prints more than 100000 bytes (max-size)");
    awaitEnd(process);
  }

  @Test
  void runsFollowEachOtherAnIntervalApart() {
    ManualClock clock = new ManualClock();
    start(
        ExecRefresher.shellBuilder("echo a:$$")
            .interval(Duration.ofSeconds(5))
            .scheduler(clock)
            .ticker(clock));
    listener.awaitReports(1);
    await().until(() -> clock.pending() == 1);

    clock.advance(Duration.ofMillis(4999));
    assertThat(clock.pending()).isOne();
    clock.advance(Duration.ofMillis(1));

    listener.awaitReports(2);
  }

  // Kept running.

  @Test
  void aCommandThatIsKeptRunningPrintsListsThatBlankLinesEnd() throws IOException {
    Path pipe = dir.resolve("pipe");
    startKept("mkfifo '%1$s'; echo a:1; echo; exec cat '%1$s'".formatted(pipe));
    listener.awaitTargets("a:1");
    assertThat(refresher.mode()).isEqualTo(Mode.PUSHED);

    try (var out = Files.newBufferedWriter(pipe)) {
      out.write("b:1\nnonsense\nc:1\n\n");
      out.flush();
      listener.awaitTargets("b:1", "c:1");
      out.write("\n\nnonsense\n\n");
      out.flush();
      listener.awaitFailures(1);
      assertThat(listener.hostPorts()).containsExactlyInAnyOrder("b:1", "c:1");
    }
  }

  @Test
  void listsAreReadWhileTheCommandNeverCeasesToComplain() {
    startKept("yes oops >&2 & sleep 0.3; echo a:1; echo; wait");

    listener.awaitTargets("a:1");
  }

  @Test
  void aCommandThatEndsIsStartedAgainAfterLongerAndLongerTimes() {
    ManualClock clock = new ManualClock();
    start(
        ExecRefresher.shellBuilder("echo a:1; echo; exit 7")
            .interval(Duration.ZERO)
            .scheduler(clock)
            .ticker(clock));

    for (int seconds : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      await().until(() -> clock.pending() == 1);
      assertThat(clock.untilNext()).contains(Duration.ofSeconds(seconds));
      clock.advance(Duration.ofSeconds(seconds));
    }

    assertThat(firstFailure()).endsWith("ended with exit code 7; it will be started again");
  }

  @Test
  void aCommandThatRanForAWhileIsStartedAgainSoon() {
    ManualClock clock = new ManualClock();
    Path go = dir.resolve("go");
    start(
        ExecRefresher.shellBuilder(
                "echo $$ > '%s'; test -e '%s' && exec sleep 1000".formatted(dir.resolve("pid"), go))
            .interval(Duration.ZERO)
            .scheduler(clock)
            .ticker(clock));
    for (int seconds : new int[] {1, 2}) {
      await().until(() -> clock.pending() == 1);
      assertThat(clock.untilNext()).contains(Duration.ofSeconds(seconds));
      if (seconds == 2) {
        assertThat(go.toFile().mkdir()).isTrue();
        assertThat(dir.resolve("pid").toFile().delete()).isTrue();
      }
      clock.advance(Duration.ofSeconds(seconds));
    }

    long process = process("pid");
    clock.advance(Duration.ofSeconds(10));
    assertThat(ProcessHandle.of(process).orElseThrow().destroy()).isTrue();

    await().until(() -> clock.pending() == 1);
    assertThat(clock.untilNext()).contains(Duration.ofSeconds(1));
  }

  @Test
  void aListWithoutItsEndCountsOnlyIfTheCommandEndsWell() {
    startKept("echo a:1; echo; echo b:1; exit 1");
    listener.awaitFailures(1);
    assertThat(listener.hostPorts()).containsExactly("a:1");
    refresher.close();

    start(ExecRefresher.shellBuilder("echo a:1; echo; echo b:1").interval(Duration.ZERO));
    listener.awaitTargets("b:1");
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    assertThatThrownBy(() -> ExecRefresher.builder(List.of()))
        .hasMessageContaining("expected: a program and its arguments");
    assertThatThrownBy(() -> ExecRefresher.shellBuilder("true").timeout(Duration.ZERO))
        .hasMessageContaining("expected: more than 0");
  }

  @Test
  void aListThatWasNotTakenOverIsReportedAgain() {
    AtomicInteger failures = new AtomicInteger(4);
    refresher = ExecRefresher.shellBuilder("echo a:1").interval(OFTEN).build();

    refresher.start(
        report -> {
          if (failures.getAndDecrement() > 0) {
            throw new NoClassDefFoundError("thrown by the test");
          }
          listener.onRefresh(report);
        });

    listener.awaitTargets("a:1");
    assertThat(listener.failures()).isEmpty();
  }
}
