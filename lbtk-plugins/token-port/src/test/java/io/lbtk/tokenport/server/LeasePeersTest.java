package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Target;
import io.lbtk.net.NoLeaks;
import io.lbtk.testkit.FakeTokenSource;
import io.lbtk.testkit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class LeasePeersTest {

  private static final Target A = Target.of("10.0.0.1", 80);

  private final FakeTokenSource source = new FakeTokenSource();
  private final ManualClock clock = new ManualClock();
  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

  @AfterEach
  void releaseWhatWasSent() {
    channel.finishAndReleaseAll();
  }

  private LeasePeers desk(EventExecutor loop) {
    PortOptions options = new PortOptions(Duration.ofHours(1), Duration.ofSeconds(5), 1);
    return new LeasePeers(
        List.of(loop), source, options, clock, new PortCounters(), new TargetEncoder());
  }

  @Test
  void manyTargetsThatGoAtOnceAreFewTasksForALoop() throws Exception {
    DefaultEventExecutor loop = new DefaultEventExecutor();
    LeasePeers desk = desk(loop);
    CountDownLatch busy = new CountDownLatch(1);
    loop.execute(
        () -> {
          try {
            busy.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    await().until(() -> loop.pendingTasks() == 0);

    for (int i = 0; i < 10_000; i++) {
      desk.gone("10.0.0.1:" + i);
    }

    assertThat(loop.pendingTasks()).isEqualTo(1);
    busy.countDown();
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
  }

  @Test
  void aPeerThatComesWhileThePortClosesLeavesNothingBehind() {
    source.always(A);
    ChannelHandlerContext ctx = channel.pipeline().firstContext();
    LeasePeers desk = desk(ctx.executor());
    LeasePeer peer = new LeasePeer(desk, ctx);
    channel.closeFuture().addListener(closed -> peer.ended());

    desk.close();
    peer.start();
    say(peer, "HELLO 1 p\nHOLD 10.0.0.1:80 3\nWANT 1 1");
    channel.close();

    assertThat(source.live()).isZero();
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void aPeerThatIsThereWhenThePortClosesLeavesNothingBehind() {
    source.always(A);
    ChannelHandlerContext ctx = channel.pipeline().firstContext();
    LeasePeers desk = desk(ctx.executor());
    LeasePeer peer = new LeasePeer(desk, ctx);
    channel.closeFuture().addListener(closed -> peer.ended());
    peer.start();
    say(peer, "HELLO 1 p\nHOLD 10.0.0.1:80 3\nWANT 1 1");
    assertThat(source.live()).isEqualTo(4);

    desk.close();

    assertThat(source.live()).isZero();
    assertThat(channel.isActive()).isFalse();
  }

  private static void say(LeasePeer peer, String lines) {
    ByteBuf message = Unpooled.copiedBuffer(lines, StandardCharsets.US_ASCII);
    peer.message(message);
    message.release();
  }
}
