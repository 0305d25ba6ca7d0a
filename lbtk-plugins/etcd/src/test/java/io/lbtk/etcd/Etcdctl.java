package io.lbtk.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lbtk.testkit.servers.InstalledProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of etcd, as an operator has it. */
final class Etcdctl {

  private Etcdctl() {}

  /** Runs a command, and gives what it prints. */
  static String run(String endpoint, String... arguments) {
    Path etcdctl = InstalledProgram.required("etcdctl");
    List<String> command = new ArrayList<>(List.of(etcdctl.toString(), "--endpoints=" + endpoint));
    command.addAll(List.of(arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("ETCDCTL_API", "3");
      Process process = builder.start();
      process.getOutputStream().close();
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
