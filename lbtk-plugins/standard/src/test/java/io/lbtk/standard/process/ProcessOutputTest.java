package io.lbtk.standard.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.testkit.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** A process that writes faster than it is read: a real one would now and then be too slow. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD)
class ProcessOutputTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();

  private ProcessOutput output(InputStream output, InputStream errors) {
    return new ProcessOutput(
        new Running(output, errors), new ErrorLines("x", clock), clock, TIMEOUT);
  }

  @Test
  void aFloodOnStderrDoesNotHoldTheTimeUp() {
    ProcessOutput output = output(InputStream.nullInputStream(), new Flood());
    clock.advance(TIMEOUT);

    assertThatThrownBy(output::read).isInstanceOf(ProcessOutput.TimeoutException.class);
  }

  @Test
  void aFloodOnStdoutDoesNotHoldTheTimeUp() throws IOException {
    ProcessOutput output = output(new Flood(), InputStream.nullInputStream());
    assertThat(output.read()).isEqualTo('\n');
    clock.advance(TIMEOUT);

    assertThatThrownBy(output::read).isInstanceOf(ProcessOutput.TimeoutException.class);
  }

  @Test
  void stdoutIsReadBesideAFloodOnStderr() throws IOException {
    assertThat(output(new Flood(), new Flood()).read()).isEqualTo('\n');
  }

  /** Empty lines, of which more are always there. */
  private static final class Flood extends InputStream {

    @Override
    public int available() {
      return 4096;
    }

    @Override
    public int read() {
      return '\n';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      Arrays.fill(bytes, offset, offset + length, (byte) '\n');
      return length;
    }
  }

  /** It does not end. */
  private static final class Running extends Process {

    private final InputStream output;
    private final InputStream errors;

    Running(InputStream output, InputStream errors) {
      this.output = output;
      this.errors = errors;
    }

    @Override
    public InputStream getInputStream() {
      return output;
    }

    @Override
    public InputStream getErrorStream() {
      return errors;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
      unit.sleep(timeout);
      return false;
    }

    @Override
    public int waitFor() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int exitValue() {
      throw new IllegalThreadStateException();
    }

    @Override
    public void destroy() {}
  }
}
