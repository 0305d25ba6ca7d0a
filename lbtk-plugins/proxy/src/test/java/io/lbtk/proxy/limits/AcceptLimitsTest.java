package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.lbtk.proxy.udp.UdpSettings;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class AcceptLimitsTest {

  @Test
  void aConnectionTakesTwoFilesAndSomeAreKeptForTheRest() {
    assertThat(AcceptLimits.connectionsFor(20_000)).isBetween(9_800, 9_990);
  }

  @Test
  void whereFilesAreScarceThereIsStillAConnection() {
    assertThat(AcceptLimits.connectionsFor(100)).isBetween(20, 30);
    assertThat(AcceptLimits.connectionsFor(1)).isEqualTo(1);
  }

  @Test
  void aSessionOfUdpTakesOneFileAndThereAreNoMoreThanPorts() {
    assertThat(UdpSettings.sessionsFor(20_000)).isBetween(19_800, 19_990);
    assertThat(UdpSettings.sessionsFor(100)).isBetween(40, 60);
    assertThat(UdpSettings.sessionsFor(1_000_000)).isEqualTo(65_536);
    assertThat(UdpSettings.sessionsFor(-1)).isEqualTo(65_536);
  }

  @Test
  void withoutALimitThereIsNone() {
    assertThat(AcceptLimits.connectionsFor(-1)).isEqualTo(Integer.MAX_VALUE);
    assertThat(AcceptLimits.connectionsFor(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void theLimitOnOpenFilesIsThatOfTheProcess() {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    assertThat(OpenFiles.limit()).isEqualTo(system.getMaxFileDescriptorCount());
  }

  @Test
  void connectionsComeEvenlyAfterAShortBurst() {
    AcceptRate rate = new AcceptRate(100, 0);
    long now = 0;
    int accepted = 0;
    while (now < 10_000_000_000L) {
      now += rate.accepted(now);
      accepted++;
    }

    assertThat(accepted).isBetween(1000, 1012);
  }

  @Test
  void oneASecondIsOneASecond() {
    AcceptRate rate = new AcceptRate(1, 0);
    long now = 0;
    for (int i = 0; i < 10; i++) {
      now += rate.accepted(now);
    }

    assertThat(now).isBetween(9_800_000_000L, 10_000_000_000L);
  }
}
