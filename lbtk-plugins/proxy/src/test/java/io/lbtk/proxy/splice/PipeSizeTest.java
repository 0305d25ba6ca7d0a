package io.lbtk.proxy.splice;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class PipeSizeTest {

  private static final int AS_THEY_COME = 64 * 1024;

  @BeforeAll
  static void load() {
    Epoll.ensureAvailability();
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void whereTheJdkCannotSayItPipesStayAsTheyCome() throws IOException {
    assertThat(capacity(PipeSize.find())).isEqualTo(AS_THEY_COME);
  }

  @Test
  @EnabledForJreRange(minVersion = 22)
  void whereTheJdkCanSayItPipesAreLarge() throws IOException {
    // Without privileges, a user who has many of them gets those of 256 KiB.
    assertThat(capacity(PipeSize.find())).isGreaterThanOrEqualTo(4 * AS_THEY_COME);
  }

  /** How much goes into a pipe that nobody reads. */
  private static int capacity(PipeSize size) throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    try {
      size.enlarge(ends[1]);
      ByteBuffer chunk = ByteBuffer.allocateDirect(4096);
      int total = 0;
      int written;
      do {
        written = ends[1].write(chunk, 0, chunk.capacity());
        total += written;
      } while (written > 0);
      return total;
    } finally {
      ends[0].close();
      ends[1].close();
    }
  }
}
