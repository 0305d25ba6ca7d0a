package io.lbtk.proxy.splice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PipePoolTest {

  private static final int MORE_THAN_ENOUGH = 1000;

  @BeforeAll
  static void load() {
    Epoll.ensureAvailability();
  }

  @Test
  void thereAreOnlySoManyAtATimeAndAgainWhenSomeCameBack() {
    try (PipePool pool = new PipePool(PipeSize.find())) {
      Deque<Pipe> taken = new ArrayDeque<>();
      takeAllInto(taken, pool);
      int most = taken.size();
      assertThat(most).isBetween(64, MORE_THAN_ENOUGH - 1);

      for (int i = 0; i < most; i++) {
        pool.give(taken.removeFirst());
      }

      takeAllInto(taken, pool);
      assertThat(taken).hasSize(most);
      taken.forEach(pool::give);
    }
  }

  private static void takeAllInto(Deque<Pipe> taken, PipePool pool) {
    for (int i = 0; i < MORE_THAN_ENOUGH; i++) {
      Pipe pipe = pool.take();
      if (pipe == null) {
        return;
      }
      taken.addLast(pipe);
    }
  }
}
