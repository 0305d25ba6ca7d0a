package io.lbtk.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What is measured on, in words. */
final class Machine {

  private static final int TIMEOUT_SECONDS = 5;

  private Machine() {}

  /** One sentence or two: the processor, the kernel, and the versions of the programs. */
  static String describe(List<Jdk> jdks, String load) throws IOException, InterruptedException {
    return String.format(
        Locale.ROOT,
        "%d processors (%s), Linux %s, everything on the loopback; %s; %s; %s; %s. Load average before the run: %s.",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        System.getProperty("os.version"),
        firstLine("haproxy", "-v").replaceAll(" - .*", ""),
        firstLine("nginx", "-v"),
        firstLine("iperf3", "--version"),
        String.join(", ", jdks.stream().map(jdk -> "JDK " + jdk.feature()).toList()),
        load);
  }

  /** The averages of one, five and fifteen minutes. */
  static String load() throws IOException {
    String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
    return words[0] + ", " + words[1] + ", " + words[2];
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return System.getProperty("os.arch");
  }

  private static String firstLine(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return text.lines().findFirst().orElse(command[0]).trim();
  }
}
