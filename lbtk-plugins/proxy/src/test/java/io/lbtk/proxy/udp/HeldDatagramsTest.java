package io.lbtk.proxy.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class HeldDatagramsTest {

  private final HeldDatagrams.Budget budget = new HeldDatagrams.Budget(10_000);
  private final HeldDatagrams held = new HeldDatagrams(budget);

  @Test
  void allClientsOfALoopTogetherAreBounded() {
    int taken = 0;
    while (new HeldDatagrams(budget).add(ByteBuffer.allocate(100))) {
      taken++;
    }

    assertThat(taken).isBetween(10, 100);
    assertThat(budget.used()).isLessThanOrEqualTo(10_000);
  }

  @Test
  void emptyDatagramsAreNotHeldWithoutEndEither() {
    int taken = 0;
    while (new HeldDatagrams(budget).add(ByteBuffer.allocate(0))) {
      taken++;
    }

    assertThat(taken).isLessThan(10_000);
  }

  @Test
  void whatIsForgottenGivesItsRoomBack() {
    held.add(ByteBuffer.allocate(5000));
    held.add(ByteBuffer.allocate(1000));
    assertThat(held.add(ByteBuffer.allocate(5000))).isFalse();

    held.removeFirst();
    assertThat(held.add(ByteBuffer.allocate(5000))).isTrue();
    held.clear();

    assertThat(budget.used()).isZero();
    assertThat(held.isEmpty()).isTrue();
  }

  @Test
  void whatIsHeldIsACopyInTheOrderOfArrival() {
    ByteBuffer buffer = ByteBuffer.allocate(1);
    held.add(buffer.put(0, (byte) 1));
    held.add(buffer.put(0, (byte) 2));
    ByteBuffer into = ByteBuffer.allocateDirect(10);

    assertThat(held.copyFirst(into)).isTrue();
    assertThat(into.remaining()).isEqualTo(1);
    assertThat(into.get(0)).isEqualTo((byte) 1);
    held.removeFirst();
    assertThat(held.copyFirst(into)).isTrue();
    assertThat(into.get(0)).isEqualTo((byte) 2);
    held.removeFirst();
    assertThat(held.copyFirst(into)).isFalse();
  }
}
