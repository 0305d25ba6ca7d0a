package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.benchmarks.sidebyside.Procfs.OneProcessor;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcfsTest {

  @Test
  void theCpuOfAProcessIsItsUserAndItsSystemTime() {
    String stat = "42 (haproxy) S 1 42 42 0 -1 4194560 100 0 0 0 250 150 7 9 20 0 1 0 999 1 2";

    assertThat(Procfs.cpuSeconds(stat)).isEqualTo(4.0);
  }

  @Test
  void theNameOfAProcessMayContainBlanksAndParentheses() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 1 2 7 9 20 0 1 0 999 1 2";

    assertThat(Procfs.cpuSeconds(stat)).isEqualTo(0.03);
  }

  @Test
  void theMachineIsBusyWhileItNeitherIdlesNorWaitsNorIsStolenFrom() {
    String user = "100";
    String nice = "20";
    String system = "3000";
    String interrupts = "40000";
    String softInterrupts = "500000";
    String line =
        String.join(
            " ", "cpu ", user, nice, system, "7", "7", interrupts, softInterrupts, "7", "7", "7");

    assertThat(Procfs.machineSeconds(line)).isEqualTo(5431.20);
  }

  @Test
  void memoryIsReadFromTheLineOfItsKey() throws IOException {
    String status = "Name:\tnginx\nVmHWM:\t   99999 kB\nVmRSS:\t   16740 kB\nThreads:\t1\n";

    assertThat(Procfs.kib(status, "VmRSS:")).isEqualTo(16740);
  }

  @Test
  void aMissingLineIsNamed() {
    assertThatThrownBy(() -> Procfs.kib("Name:\tnginx\n", "VmRSS:"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("VmRSS:");
  }

  @Test
  void theFirstProcessorIsTakenFromAList() {
    assertThat(OneProcessor.first("0-3")).isEqualTo("0");
    assertThat(OneProcessor.first("2,5-7")).isEqualTo("2");
    assertThat(OneProcessor.first("11")).isEqualTo("11");
  }
}
