package io.lbtk.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.LogLines;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BadEntriesTest {

  private final LogLines log = new LogLines("io.lbtk.discovery");
  private final BadEntries bad = new BadEntries("refresher.x: list");

  @AfterEach
  void close() {
    log.close();
  }

  private void read(int from, int to, IntFunction<String> entry) {
    bad.begin();
    for (int i = from; i < to; i++) {
      bad.add("line " + i, entry.apply(i), "no target");
    }
    bad.end();
  }

  @Test
  void eachIsNamedByItsPlaceThoughAllHoldTheSame() {
    read(1, 13, i -> "*:80");

    assertThat(log.lines()).hasSize(12);
    for (int i = 1; i <= 12; i++) {
      assertThat(log.lines().get(i - 1))
          .isEqualTo("WARN refresher.x: list, line %d: \"*:80\" is skipped: no target", i);
    }
  }

  @Test
  void whatStandsThereStillIsNotNamedAgainWhereverItHasMoved() {
    read(1, 13, i -> "*:80");
    read(5, 17, i -> "*:80");
    read(5, 18, i -> "*:80");

    assertThat(log.lines()).hasSize(13);
  }

  @Test
  void beyondTwentyTheOthersAreCounted() {
    read(0, 30, i -> "entry" + i);

    assertThat(log.lines()).hasSize(21).last().asString().contains("10 more entries are skipped");
  }

  @Test
  void aListOfManyIsToldOnceAndEachChangeOfItsNumberToo() {
    read(0, 2500, i -> "entry" + i);
    assertThat(log.lines()).hasSize(21).last().asString().contains("2480 more");

    read(0, 2500, i -> "entry" + i);
    read(0, 2500, i -> "entry" + (2499 - i));
    read(0, 1500, i -> "entry" + i);
    assertThat(log.lines()).hasSize(21);

    read(0, 1503, i -> "entry" + i);
    assertThat(log.lines()).hasSize(24);
  }

  @Test
  void entriesWithNamesOfTheirOwnAreToldApartByThese() {
    bad.begin();
    bad.addNamed("key a", "nonsense", "no target");
    bad.addNamed("key b", "nonsense", "no target");
    bad.end();
    bad.goOn();
    bad.addNamed("key a", "nonsense", "no target");
    bad.addNamed("key c", "nonsense", "no target");
    bad.end();

    assertThat(log.lines()).hasSize(3).last().asString().contains("key c");
  }
}
