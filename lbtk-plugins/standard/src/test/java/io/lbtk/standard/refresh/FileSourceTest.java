package io.lbtk.standard.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresh;
import io.lbtk.api.Target;
import io.lbtk.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a file is at rest, by a clock of the test. */
class FileSourceTest {

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration QUIET = Duration.ofMillis(100);

  @TempDir Path dir;

  private final ManualClock clock = new ManualClock();
  private int writes;

  private FileSource source() {
    Path path = dir.resolve("targets");
    ListReader reader = new ListReader("refresher.x", path.toString(), ListFormat.AUTO);
    return new FileSource(path, reader, 1000, INTERVAL, clock);
  }

  /** As by somebody who writes just now, however long the test takes. */
  private void write(String text) throws IOException {
    Path path = Files.writeString(dir.resolve("targets"), text);
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(3600 + writes++)));
  }

  private static Refresh snapshot(String... targets) {
    return Refresh.snapshot(Arrays.stream(targets).map(Target::parse).toList());
  }

  @Test
  void aFileIsReadWhenNothingHappenedToItForAWhile() throws IOException {
    FileSource source = source();
    write("a:1\n");
    assertThat(source.look().report()).isNull();
    clock.advance(Duration.ofMillis(99));
    write("a:1\nb:1\n");
    assertThat(source.look().report()).isNull();
    clock.advance(Duration.ofMillis(99));
    assertThat(source.look().report()).isNull();

    clock.advance(Duration.ofMillis(1));

    assertThat(source.look().report()).isEqualTo(snapshot("a:1", "b:1"));
  }

  @Test
  void aFileThatTookThePlaceOfTheLastIsReadSoon() throws IOException {
    FileSource source = source();
    write("a:1\n");
    source.look();
    clock.advance(QUIET);
    assertThat(source.look().report()).isEqualTo(snapshot("a:1"));
    Path next = Files.writeString(dir.resolve("next"), "b:1\n");
    Files.setLastModifiedTime(next, FileTime.from(Instant.now().plusSeconds(7200)));

    Files.move(next, dir.resolve("targets"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(source.look().report()).isNull();
    clock.advance(Duration.ofMillis(20));

    assertThat(source.look().report()).isEqualTo(snapshot("b:1"));
  }

  @Test
  void aFileThatNeverComesToRestIsReadAfterASecond() throws IOException {
    FileSource source = source();
    for (int i = 0; i < 20; i++) {
      write("a:" + (i + 1) + "\n");
      assertThat(source.look().report()).isNull();
      clock.advance(Duration.ofMillis(50));
    }
    write("z:1\n");

    assertThat(source.look().report()).isEqualTo(snapshot("z:1"));
  }

  @Test
  void whatLooksUnfinishedIsGivenASecond() throws IOException {
    FileSource source = source();
    write("a:1\nb:8");
    source.look();
    clock.advance(Duration.ofMillis(999));
    assertThat(source.look().report()).isNull();

    clock.advance(Duration.ofMillis(1));

    assertThat(source.look().report()).isEqualTo(snapshot("a:1", "b:8"));
  }

  @Test
  void whatIsWrittenAnewLineByLineIsGivenASecond() throws IOException {
    FileSource source = source();
    write("a:1\nb:1\nc:1\n");
    source.look();
    clock.advance(QUIET);
    assertThat(source.look().report()).isEqualTo(snapshot("a:1", "b:1", "c:1"));

    write("a:2\n");
    source.look();
    clock.advance(Duration.ofMillis(999));
    assertThat(source.look().report()).isNull();
    write("a:2\nb:2\n");
    source.look();
    clock.advance(Duration.ofMillis(999));
    assertThat(source.look().report()).isNull();
    clock.advance(Duration.ofMillis(1));

    assertThat(source.look().report()).isEqualTo(snapshot("a:2", "b:2"));
  }

  @Test
  void aShorterFileInThePlaceOfAnotherIsTakenAtRest() throws IOException {
    FileSource source = source();
    write("a:1\nb:1\n");
    source.look();
    clock.advance(QUIET);
    source.look();

    Files.move(dir.resolve("targets"), dir.resolve("old"));
    write("a:1\n");
    source.look();
    clock.advance(QUIET);

    assertThat(source.look().report()).isEqualTo(snapshot("a:1"));
  }

  @Test
  void aFileIsReadAgainUntilThreeReadsHaveSaidTheSame() throws IOException {
    FileSource source = source();
    write("# nothing for now\n");
    source.look();
    clock.advance(QUIET);
    assertThat(source.look().report()).isEqualTo(snapshot());
    for (int read = 2; read <= 3; read++) {
      assertThat(source.look().report()).isNull();
      clock.advance(INTERVAL);
      assertThat(source.look().report()).isEqualTo(snapshot());
    }

    clock.advance(INTERVAL);

    assertThat(source.look().report()).isNull();
  }

  @Test
  void aFileThatWasBrokenForLongIsStillReadAtRestOnly() throws IOException {
    FileSource source = source();
    write("[{");
    source.look();
    clock.advance(Duration.ofSeconds(60));
    assertThat(source.look().report()).isInstanceOf(Refresh.Failure.class);
    clock.advance(Duration.ofSeconds(60));

    write("a:1\n");
    assertThat(source.look().report()).isNull();
    write("a:1\nb:1\n");
    assertThat(source.look().report()).isNull();
    clock.advance(QUIET);

    assertThat(source.look().report()).isEqualTo(snapshot("a:1", "b:1"));
  }
}
