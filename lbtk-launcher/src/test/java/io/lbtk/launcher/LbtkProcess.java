package io.lbtk.launcher;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The launcher in a process of its own, as a user would start it. */
final class LbtkProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final Thread outReader;
  private final Thread errReader;

  private LbtkProcess(Process process, boolean readOut) {
    this.process = process;
    this.outReader =
        collect(readOut ? process.getInputStream() : InputStream.nullInputStream(), out);
    this.errReader = collect(process.getErrorStream(), err);
  }

  /** Starts it with these words. */
  static LbtkProcess start(String... words) throws IOException {
    return new LbtkProcess(builder(Map.of(), words).start(), true);
  }

  /** Starts it with these words and variables. */
  static LbtkProcess startWith(Map<String, String> environment, String... words)
      throws IOException {
    return new LbtkProcess(builder(environment, words).start(), true);
  }

  /** Starts it, and leaves its standard output to the test. */
  static LbtkProcess startUnread(String... words) throws IOException {
    return new LbtkProcess(builder(Map.of(), words).start(), false);
  }

  /** Starts it by a shell that does something with its descriptors: {@code "<&-"}. */
  static LbtkProcess startRedirected(String redirection, String... words) throws IOException {
    return startBy(List.of("sh", "-c", "exec \"$@\" " + redirection, "sh"), words);
  }

  /** Starts it by a program that becomes it: {@code "python3", "-c", …}. */
  static LbtkProcess startBy(List<String> program, String... words) throws IOException {
    ProcessBuilder builder = builder(Map.of(), words);
    List<String> command = new ArrayList<>(program);
    command.addAll(builder.command());
    return new LbtkProcess(builder.command(command).start(), true);
  }

  /** Starts what may be another way to lbtk than its class path. */
  static LbtkProcess startBy(ProcessBuilder builder) throws IOException {
    return new LbtkProcess(builder.start(), true);
  }

  /** Starts two, and a pipe from the first to the second. */
  static List<LbtkProcess> startPiped(List<String> from, List<String> to) throws IOException {
    List<Process> processes =
        ProcessBuilder.startPipeline(
            List.of(
                builder(Map.of(), from.toArray(new String[0])),
                builder(Map.of(), to.toArray(new String[0]))));
    return processes.stream().map(process -> new LbtkProcess(process, true)).toList();
  }

  /** Returns the class path of the tests, which has all modules. */
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static ProcessBuilder builder(Map<String, String> environment, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    // As the manifest of the jar says.
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(classPath());
    command.add("io.lbtk.launcher.Main");
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("LBTK_LOG");
    builder.environment().putAll(environment);
    return builder;
  }

  private static Thread collect(InputStream stream, List<String> lines) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines::add);
              } catch (IOException | UncheckedIOException e) {
                // the process has ended, and its lines with it
                lines.add("");
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  List<String> out() {
    return List.copyOf(out);
  }

  List<String> err() {
    return List.copyOf(err);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for a line on the standard error, and gives what the pattern finds there. */
  MatchResult awaitErr(String pattern) {
    return awaitErr(pattern, 1);
  }

  /** The same, for the line that is the n-th to match. */
  MatchResult awaitErr(String pattern, int n) {
    await()
        .atMost(PATIENCE)
        .until(() -> matches(pattern).size() >= n || (!process.isAlive() && !errReader.isAlive()));
    List<MatchResult> found = matches(pattern);
    if (found.size() < n) {
      throw new AssertionError("the process has ended without \"%s\": %s".formatted(pattern, err));
    }
    return found.get(n - 1);
  }

  private List<MatchResult> matches(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    List<MatchResult> found = new ArrayList<>();
    for (String line : err) {
      Matcher matcher = compiled.matcher(line);
      if (matcher.find()) {
        found.add(matcher.toMatchResult());
      }
    }
    return found;
  }

  /** Waits until a part listens, and gives the port. */
  int awaitPort(String part) {
    return awaitPort(part, 1);
  }

  /** The port of the n-th listener of a part. */
  int awaitPort(String part, int n) {
    return Integer.parseInt(
        awaitErr("^listening " + Pattern.quote(part) + " .*:(\\d+)$", n).group(1));
  }

  /** Writes lines on its standard input. */
  void type(String... lines) throws IOException {
    Writer input = process.outputWriter(StandardCharsets.UTF_8);
    for (String line : lines) {
      input.write(line + "\n");
    }
    input.flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Closes the reading end of its standard output. */
  void closeOut() throws IOException {
    process.getInputStream().close();
  }

  BufferedReader reader() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** Sends SIGTERM, and goes on reading, which {@link Process#destroy} would not. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Ends it without a moment for anything. */
  void kill() {
    process.destroyForcibly();
  }

  /** Sends a signal by its name: {@code HUP}. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /**
   * Returns whether the system keeps SIGHUP from the process, since it was started by nohup or
   * another that ignores it: then the JVM does not hear it either.
   */
  boolean hasHangUpIgnored() throws IOException {
    Path status = Path.of("/proc/%d/status".formatted(process.pid()));
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> line.matches(".*[13579bdf]"));
  }

  /** Waits for its end, and gives the exit code. */
  int exitCode() throws InterruptedException {
    return exitCode(PATIENCE);
  }

  /** Waits for its end for this time, and gives the exit code. */
  int exitCode(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the process does not end: " + err);
    }
    outReader.join();
    errReader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
