package io.lbtk.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import org.junit.jupiter.api.Test;

class FailureTextTest {

  @Test
  void nativeCallsAndNumbersAreLeftOut() {
    assertThat(
            FailureText.of(
                new ConnectException(
                    "finishConnect(..) failed with error(-111): Connection refused")))
        .isEqualTo("connection refused");
    assertThat(
            FailureText.of(
                new ChannelException(
                    "io.netty.channel.unix.Errors$NativeIoException: newSocketStream(..) failed"
                        + " with error(-24): Too many open files")))
        .isEqualTo("too many open files");
  }

  @Test
  void theAddressThatNettyAppendsIsLeftOut() {
    assertThat(FailureText.of(new ConnectException("Connection refused: /127.0.0.1:80")))
        .isEqualTo("connection refused");
    assertThat(FailureText.of(new ConnectException("Connection refused: db/[::1]:80")))
        .isEqualTo("connection refused");
  }

  @Test
  void whatHasNoMessageIsNamed() {
    assertThat(FailureText.of(new NoRouteToHostException())).isEqualTo("no route to host");
    assertThat(FailureText.of(new IOException())).isEqualTo("IOException");
    assertThat(FailureText.of(null)).isEqualTo("unknown failure");
  }

  @Test
  void otherMessagesStay() {
    assertThat(FailureText.of(new IOException("TLS alert 40"))).isEqualTo("TLS alert 40");
  }
}
