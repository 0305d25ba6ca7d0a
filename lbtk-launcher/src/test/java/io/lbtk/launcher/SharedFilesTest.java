package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How the proxies of one process share its open files. */
@EnabledOnOs(OS.LINUX)
class SharedFilesTest {

  private static final String MOST = " accepts up to ([0-9]+) connections";

  @TempDir private Path folder;

  @Test
  void eachProxyTakesAsManyConnectionsAsItsPartOfTheFilesAllows() throws Exception {
    List<Integer> alone = mostOf("a");
    List<Integer> together = mostOf("a", "b", "c");

    assertThat(alone).hasSize(1);
    assertThat(together).hasSize(3);
    assertThat(together.stream().mapToInt(most -> most).sum())
        .isLessThanOrEqualTo(alone.get(0))
        .isGreaterThan(alone.get(0) / 2);
  }

  /** What each proxy says at its start. */
  private List<Integer> mostOf(String... names) throws Exception {
    StringBuilder settings = new StringBuilder();
    for (String name : names) {
      settings.append("proxy.%s.listen = 127.0.0.1:0\n".formatted(name));
      settings.append("proxy.%s.tokens = tcp://127.0.0.1:1\n".formatted(name));
    }
    Path file = Files.writeString(folder.resolve("lbtk.properties"), settings);
    try (LbtkProcess lbtk = LbtkProcess.start("run", file.toString())) {
      return IntStream.rangeClosed(1, names.length)
          .mapToObj(n -> Integer.parseInt(lbtk.awaitErr(MOST, n).group(1)))
          .toList();
    }
  }
}
