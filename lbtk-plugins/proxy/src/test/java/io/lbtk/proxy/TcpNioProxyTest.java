package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Demand;
import io.lbtk.api.StartException;
import io.lbtk.api.Token;
import io.lbtk.api.TokenSource;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Here one loop accepts for all. */
class TcpNioProxyTest extends TcpProxyTest {

  @Override
  TcpProxy.Builder newBuilder() {
    return TcpProxy.nio();
  }

  @Test
  void aUserTimeoutIsRefusedSinceItCannotBeSet() {
    TcpProxy.Builder builder = builder().name("front").tokens(tokens);

    assertThatThrownBy(() -> builder.userTimeout(Duration.ofSeconds(1)).build())
        .isInstanceOf(StartException.class)
        .hasMessage("front: tcp-nio has no user-timeout (expected: tcp-splice, on Linux)");
  }

  @Test
  void whatIsAcceptedWhileADrainBeginsIsClosedAfterItsTimeToo() throws Exception {
    tokens.always(echo());
    HeldLoops held = new HeldLoops(tokens);
    TcpProxy proxy = start(builder().loops(2).tokens(held::source));
    // The first loop accepts, and is held while it takes the token.
    Socket client = connect(proxy);
    held.awaitTake();

    CompletableFuture<Void> drained = proxy.drain(Duration.ZERO);
    held.awaitSecond();
    held.take();

    assertThat(drained).succeedsWithin(Duration.ofSeconds(30));
    assertThat(client.getInputStream().read()).isEqualTo(-1);
  }

  /** The loops of a proxy, the first of which can be made to wait. */
  private static final class HeldLoops {

    private final TokenSource source;
    private final List<Executor> loops = new CopyOnWriteArrayList<>();
    private final CountDownLatch taking = new CountDownLatch(1);
    private final CountDownLatch mayTake = new CountDownLatch(1);

    HeldLoops(TokenSource source) {
      this.source = source;
    }

    TokenSource source(Executor loop) {
      loops.add(loop);
      return new TokenSource() {
        @Override
        public CompletableFuture<Token> take(Demand demand) {
          if (loop == loops.get(0)) {
            taking.countDown();
            pause(mayTake);
          }
          return source.take(demand);
        }

        @Override
        public void close() {}
      };
    }

    /** Waits until the first loop takes a token, where it is held then. */
    void awaitTake() {
      pause(taking);
    }

    /** Lets the first loop have its token. */
    void take() {
      mayTake.countDown();
    }

    /** Waits until the second loop has done all that is due by now. */
    void awaitSecond() {
      for (int i = 0; i < 3; i++) {
        CompletableFuture.runAsync(() -> {}, loops.get(1)).join();
      }
    }

    private static void pause(CountDownLatch latch) {
      try {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
