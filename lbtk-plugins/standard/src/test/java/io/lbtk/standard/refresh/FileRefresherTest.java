package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.RecordingListener;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a file changes, with real files. */
class FileRefresherTest {

  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration OFTEN = Duration.ofMillis(50);

  @TempDir Path dir;

  private final RecordingListener listener = new RecordingListener();
  private FileRefresher refresher = FileRefresher.of(Path.of("none"));

  @AfterEach
  void close() {
    refresher.close();
    assertThat(listener.violations()).isEmpty();
  }

  /** With an interval that never comes: what is seen is seen by the hints of the system. */
  private void startWatching(Path path) {
    start(FileRefresher.builder(path).interval(NEVER));
  }

  private void startPolling(Path path) {
    start(FileRefresher.builder(path).interval(OFTEN));
  }

  private void start(FileRefresher.Builder builder) {
    refresher = builder.build();
    refresher.start(listener);
  }

  private static Path write(Path path, String... lines) throws IOException {
    return Files.writeString(path, String.join("\n", lines) + "\n");
  }

  private static void replace(Path path, String... lines) throws IOException {
    Path other = write(path.resolveSibling(".new"), lines);
    Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aFileThatIsRenamedOverIsSeen() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startWatching(file);
    listener.awaitTargets("a:1");

    replace(file, "b:1", "c:1");

    listener.awaitTargets("b:1", "c:1");
  }

  @Test
  void aFileThatIsMovedInFromElsewhereIsSeen() throws IOException {
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
    Path watched = Files.createDirectory(dir.resolve("watched"));
    Path file = write(watched.resolve("targets"), "a:1");
    startWatching(file);
    listener.awaitTargets("a:1");

    Files.move(write(elsewhere.resolve("new"), "b:1"), file, StandardCopyOption.ATOMIC_MOVE);

    listener.awaitTargets("b:1");
  }

  @Test
  void aFileThatIsTruncatedAndWrittenIsSeenAndNeverEmpty() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startWatching(file);
    listener.awaitTargets("a:1");

    for (int i = 2; i < 12; i++) {
      write(file, "a:" + i);
      listener.awaitTargets("a:" + i);
    }

    assertThat(listener.reports()).hasSize(11);
  }

  @Test
  void aLineThatIsAppendedIsSeen() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startWatching(file);
    listener.awaitTargets("a:1");

    Files.writeString(file, "b:1\n", StandardOpenOption.APPEND);

    listener.awaitTargets("a:1", "b:1");
  }

  @Test
  void aMountedMapWhoseLinkIsSwappedIsSeen() throws IOException {
    Path first = Files.createDirectory(dir.resolve("..2026_1"));
    write(first.resolve("targets"), "a:1");
    Files.createSymbolicLink(dir.resolve("..data"), Path.of("..2026_1"));
    Path file = Files.createSymbolicLink(dir.resolve("targets"), Path.of("..data/targets"));
    startWatching(file);
    listener.awaitTargets("a:1");

    for (int i = 2; i < 5; i++) {
      Path next = Files.createDirectory(dir.resolve("..2026_" + i));
      write(next.resolve("targets"), "b:" + i);
      Path link = Files.createSymbolicLink(dir.resolve("..data_tmp"), next.getFileName());
      Files.move(link, dir.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      Files.delete(dir.resolve("..2026_" + (i - 1)).resolve("targets"));
      Files.delete(dir.resolve("..2026_" + (i - 1)));
      listener.awaitTargets("b:" + i);
    }

    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void aLinkToElsewhereIsSeenToChangeAndToLeadElsewhere() throws IOException {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path two = Files.createDirectory(dir.resolve("two"));
    Path first = write(one.resolve("list"), "a:1");
    Path second = write(two.resolve("list"), "b:1");
    Path file = Files.createSymbolicLink(dir.resolve("targets"), first);
    startWatching(file);
    listener.awaitTargets("a:1");

    write(first, "a:2");
    listener.awaitTargets("a:2");
    Files.move(
        Files.createSymbolicLink(dir.resolve("tmp"), second), file, StandardCopyOption.ATOMIC_MOVE);
    listener.awaitTargets("b:1");
    replace(second, "b:2");

    listener.awaitTargets("b:2");
  }

  @Test
  void aDirectoryThatIsReplacedIsSeenAndWatchedAnew() throws IOException {
    Path etc = Files.createDirectory(dir.resolve("etc"));
    Path file = write(etc.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    Files.move(etc, dir.resolve("old"));
    write(Files.createDirectory(etc).resolve("targets"), "b:1");
    listener.awaitTargets("b:1");
    replace(file, "c:1");

    listener.awaitTargets("c:1");
  }

  @Test
  void aFileThatIsWrittenSlowlyIsReadWhenItIsWhole() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    try (FileChannel slow =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      RecordingListener clock = new RecordingListener();
      try (FileRefresher other =
          FileRefresher.builder(dir.resolve("clock")).interval(OFTEN).build()) {
        other.start(clock);
        slow.write(StandardCharsets.UTF_8.encode("b:1\nc:80"));
        // Long enough for it to be read, if half a line were.
        replace(dir.resolve("clock"), "x:1");
        clock.awaitTargets("x:1");
        slow.write(StandardCharsets.UTF_8.encode("00\nd:1\n"));
      }
    }

    listener.awaitTargets("b:1", "c:8000", "d:1");
    assertThat(listener.reports().stream().distinct()).hasSize(2);
  }

  @Test
  void aFileWithoutAnEndOfTheLastLineIsTakenWhenItStaysSo() throws IOException {
    Path file = Files.writeString(dir.resolve("targets"), "a:1\nb:1");
    startPolling(file);

    listener.awaitTargets("a:1", "b:1");
  }

  @Test
  void aFileThatVanishesIsAFailureAndItsReturnIsSeen() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    Files.delete(file);
    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message()).isEqualTo(file + " does not exist");
    assertThat(listener.hostPorts()).containsExactly("a:1");
    int reports = listener.sets();
    write(file, "a:1");

    listener.awaitTargets("a:1");
    await().until(() -> listener.sets() > reports);
  }

  @Test
  void aFileThatAnEditorTakesAwayForAMomentIsNoFailure() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    for (int i = 2; i < 12; i++) {
      Files.move(file, dir.resolve("targets~"), StandardCopyOption.REPLACE_EXISTING);
      write(file, "a:" + i);
      listener.awaitTargets("a:" + i);
    }

    assertThat(listener.failures()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereYetIsAwaited() throws IOException {
    Path file = dir.resolve("targets");
    startWatching(file);
    listener.awaitFailures(1);

    write(file, "a:1");

    listener.awaitTargets("a:1");
  }

  @Test
  void aDirectoryThatIsNotThereYetIsAwaited() throws IOException {
    Path file = dir.resolve("etc").resolve("targets");
    startPolling(file);
    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message())
        .isEqualTo(file + " does not exist, nor does its directory");

    write(Files.createDirectory(file.getParent()).resolve("targets"), "a:1");

    listener.awaitTargets("a:1");
  }

  @Test
  void whatIsNoFileIsSaidSo() throws Exception {
    startPolling(dir);
    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message())
        .isEqualTo(dir + " is a directory (expected: a file)");
    refresher.close();

    Path pipe = dir.resolve("pipe");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    RecordingListener other = new RecordingListener();
    refresher = FileRefresher.builder(pipe).interval(OFTEN).build();
    refresher.start(other);

    other.awaitFailures(1);
    assertThat(other.failures().get(0).message())
        .isEqualTo(pipe + " is a pipe or a device (expected: a file)");
  }

  @Test
  void aLinkThatLeadsToItselfIsSaidSo() throws IOException {
    Path file = Files.createSymbolicLink(dir.resolve("targets"), Path.of("targets"));
    startPolling(file);

    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message()).startsWith(file + " cannot be read: ");
  }

  @Test
  void aFileThatIsTooLargeIsNotRead() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    start(FileRefresher.builder(file).interval(OFTEN).maxSize(100));
    listener.awaitTargets("a:1");

    replace(file, "b:1\n".repeat(100));
    listener.awaitFailures(1);

    assertThat(listener.failures().get(0).message())
        .isEqualTo(file + " is larger than 100 bytes (max-size)");
    assertThat(listener.hostPorts()).containsExactly("a:1");
  }

  @Test
  void aMalformedDocumentIsAFailureWhenItStaysSo() throws IOException {
    Path file = write(dir.resolve("targets.json"), "[{\"targets\":[\"a:1\"]}]");
    startPolling(file);
    listener.awaitTargets("a:1");

    replace(file, "[{\"targets\":[\"b:1\"");
    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message())
        .startsWith(file + ": line 2, column 1: malformed JSON");
    assertThat(listener.hostPorts()).containsExactly("a:1");
    replace(file, "[{\"targets\":[\"b:1\"]}]");

    listener.awaitTargets("b:1");
  }

  @Test
  void aChangeThatLeavesTimeAndSizeAsTheyWereIsSeen() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(file, time);
    startPolling(file);
    listener.awaitTargets("a:1");

    write(file, "b:1");
    Files.setLastModifiedTime(file, time);

    listener.awaitTargets("b:1");
  }

  @Test
  void aTouchIsNotReported() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
    write(file, "a:1");
    write(file, "b:1");
    listener.awaitTargets("b:1");

    assertThat(listener.reports().stream().distinct()).hasSize(2);
    assertThat(listener.reports())
        .filteredOn(listener.reports().get(0)::equals)
        .hasSizeBetween(1, 3);
  }

  @Test
  void anEmptyFileIsReportedByThreeReads() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startPolling(file);
    listener.awaitTargets("a:1");

    write(file, "# nothing for now");
    listener.awaitReports(4);

    assertThat(listener.targets()).isEmpty();
  }

  @Test
  void manyFilesBesideItDoNoHarm() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    startWatching(file);
    listener.awaitTargets("a:1");

    for (int i = 0; i < 2000; i++) {
      Files.createFile(dir.resolve("file" + i));
    }
    replace(file, "b:1");

    listener.awaitTargets("b:1");
  }

  @Test
  void aMissingFileIsReportedByItsPathAsWritten() {
    start(FileRefresher.builder(Path.of("no-such-file")).interval(OFTEN));

    listener.awaitFailures(1);
    assertThat(listener.failures().get(0).message()).isEqualTo("no-such-file does not exist");
  }

  @Test
  void whatIsOutOfRangeIsRefused() {
    assertThatThrownBy(() -> FileRefresher.builder(dir).interval(Duration.ZERO))
        .hasMessageContaining("expected: more than 0");
    assertThatThrownBy(() -> FileRefresher.builder(dir).maxSize(0))
        .hasMessageContaining("expected: 1 byte to 1GiB");
  }

  @Test
  void aListThatWasNotTakenOverIsReportedAgain() throws IOException {
    Path file = write(dir.resolve("targets"), "a:1");
    AtomicInteger failures = new AtomicInteger(4);
    refresher = FileRefresher.builder(file).interval(OFTEN).build();

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
