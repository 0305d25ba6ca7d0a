package io.lbtk.tokenport.zmtp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.net.NoLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
final class ZmtpHandlerTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String GREETING =
      "ff00000000000000007f" + "0301" + "4e554c4c" + "00".repeat(48);

  private final List<Object> events = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final EmbeddedChannel channel = accepting();

  private EmbeddedChannel accepting() {
    return channel(
        ZmtpHandler.accepting(
            Map.of(SocketType.PULL, SocketType.PUSH, SocketType.DEALER, SocketType.ROUTER),
            () -> false,
            TIMEOUT));
  }

  private EmbeddedChannel channel(ZmtpHandler handler) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            handler,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                events.add(event);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failures.add(cause.getMessage());
              }
            });
    channel.freezeTime();
    return channel;
  }

  private static ByteBuf hex(String hex) {
    return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
  }

  private static String sent(EmbeddedChannel channel) {
    StringBuilder hex = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      hex.append(ByteBufUtil.hexDump(out));
      out.release();
    }
    return hex.toString();
  }

  private static String text(String text) {
    return ByteBufUtil.hexDump(text.getBytes(US_ASCII));
  }

  private static String ready(String type) {
    String body = "05" + text("READY") + "0b" + text("Socket-Type");
    body += "%08x".formatted(type.length()) + text(type);
    return "04%02x".formatted(body.length() / 2) + body;
  }

  private void open() {
    channel.writeInbound(hex(GREETING + ready("DEALER")));
    sent(channel);
  }

  private String received() {
    ByteBuf message = channel.readInbound();
    try {
      return message.toString(US_ASCII);
    } finally {
      message.release();
    }
  }

  @Test
  void whoeverSaysNothingIsToldNothingAndIsClosedInTime() {
    assertThat(sent(channel)).isEmpty();
    channel.advanceTimeBy(4, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(sent(channel)).isEmpty();
    assertThat(failures).singleElement().asString().contains("within 5000 ms");
  }

  @Test
  void theReadyOfTheAcceptingEndFitsThatOfTheOther() {
    channel.writeInbound(hex(GREETING));
    assertThat(sent(channel)).isEqualTo(GREETING);
    channel.writeInbound(hex(ready("PULL")));
    assertThat(sent(channel)).isEqualTo(ready("PUSH"));
    assertThat(events).containsExactly(new ZmtpHandler.Ready(SocketType.PULL, false));
  }

  @Test
  void theGreetingIsAnsweredFromItsSignatureOn() {
    channel.writeInbound(hex(GREETING.substring(0, 20)));
    assertThat(sent(channel)).isEqualTo(GREETING);
  }

  @Test
  void theHandshakeGoesOnByteByByte() {
    ByteBuf all = hex(GREETING + ready("DEALER") + "0003" + text("abc"));
    while (all.isReadable()) {
      channel.writeInbound(all.readRetainedSlice(1));
    }
    all.release();
    assertThat(sent(channel)).isEqualTo(GREETING + ready("ROUTER"));
    assertThat(received()).isEqualTo("abc");
  }

  @Test
  void theHandshakeTimeIsOverWhenTheHandshakeIs() {
    open();
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void bothEndsOfThisHandlerUnderstandEachOther() {
    EmbeddedChannel client =
        channel(ZmtpHandler.connecting(SocketType.DEALER, SocketType.ROUTER, TIMEOUT));
    for (int i = 0; i < 3; i++) {
      channel.writeInbound(hex(sent(client)));
      client.writeInbound(hex(sent(channel)));
    }
    assertThat(events)
        .containsExactly(
            new ZmtpHandler.Ready(SocketType.DEALER, false),
            new ZmtpHandler.Ready(SocketType.ROUTER, false));
  }

  @Test
  void theConnectingEndRefusesAnotherTypeThanItWants() {
    EmbeddedChannel client =
        channel(ZmtpHandler.connecting(SocketType.DEALER, SocketType.ROUTER, TIMEOUT));
    client.writeInbound(hex(GREETING + ready("PUSH")));
    assertThat(client.isOpen()).isFalse();
    assertThat(failures).singleElement().asString().contains("another socket type");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 65536})
  void messagesOfAnyLengthGoOutAndComeIn(int length) {
    open();
    byte[] body = "x".repeat(length).getBytes(US_ASCII);
    ByteBuf message = ZmtpFrame.begin(UnpooledByteBufAllocator.DEFAULT, 16).writeBytes(body);
    ByteBuf same = Unpooled.buffer();
    ZmtpFrame.writeMessage(same, body);
    ZmtpFrame.end(message);
    assertThat(message).isEqualTo(same);
    channel.writeInbound(message, same);
    assertThat(received()).isEqualTo(received()).hasSize(length);
  }

  @Test
  void aPingIsAnsweredWithItsContext() {
    open();
    channel.writeInbound(hex("040904" + text("PING") + "0000" + text("hi")));
    assertThat(sent(channel)).isEqualTo("040704" + text("PONG") + text("hi"));
  }

  @Test
  void aPongTellsWhatItsPingCarried() {
    open();
    ByteBuf ping = Unpooled.buffer();
    ZmtpFrame.writePing(ping, 15, 77);
    channel.writeInbound(ping);
    channel.writeInbound(hex(sent(channel)));
    assertThat(events).contains(new ZmtpHandler.Pong(77));
  }

  @Test
  void whoeverPingsAndNeverReadsIsOwedOneAnswer() {
    open();
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    for (int i = 0; i < 1000; i++) {
      channel.writeInbound(hex("040904" + text("PING") + "0000%04x".formatted(i)));
    }
    assertThat(sent(channel)).isEmpty();
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(sent(channel)).isEqualTo("040704" + text("PONG") + "03e7");
  }

  @Test
  void unknownCommandsArePassedOver() {
    open();
    channel.writeInbound(hex("040504" + text("JOIN") + "0001" + text("a")));
    assertThat(received()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "474554202f20485454502f312e300d0a0d0a", // GET / HTTP/1.0
        "0100", // ZMTP 1
        "00535000005000", // nanomsg
        "ff0000000000000001ff", // a signature with a wrong end
        "ff00000000000000017f01" + "00000000000000000000000000000000000000000000000000000000"
      })
  void whatIsNoGreetingIsClosedOrWaitsForTheTimeout(String hex) {
    channel.writeInbound(hex(hex));
    channel.advanceTimeBy(5, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(events).isEmpty();
  }

  @Test
  void anOlderVersionIsRefused() {
    channel.writeInbound(hex(GREETING.replace("7f03", "7f01") + ready("PULL")));
    assertThat(channel.isOpen()).isFalse();
    assertThat(failures).singleElement().asString().contains("version 1");
  }

  @Test
  void anotherMechanismIsRefused() {
    channel.writeInbound(hex(GREETING.replace(text("NULL") + "0000", text("PLAIN") + "00")));
    assertThat(channel.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUB", "PUSH", "REQ", "ROUTER", ""})
  void anotherSocketTypeIsRefused(String type) {
    channel.writeInbound(hex(GREETING + ready(type)));
    assertThat(channel.isOpen()).isFalse();
    assertThat(sent(channel)).isEqualTo(GREETING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02ffffffffffffffff", // length -1
        "028000000000000000", // 2^63
        "02000000007ffffff6", // 2^31 - 10
        "020000000000010001", // one more than 64 KiB
        "0101", // a part of a message
        "0803", // unknown flags
        "0400", // a command without a name
        "040209", // a name longer than the command
        "040504" // more to come: waits
      })
  void hostileFramesEndTheConnectionAndNothingElse(String hex) {
    open();
    channel.writeInbound(hex(hex + "00".repeat(4)));
    assertThat(channel.isOpen()).isEqualTo(hex.equals("040504"));
    assertThat(channel.<Object>readInbound()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"040805524541445905", "0402", "000161", "020000000000010000"})
  void hostileFramesInTheHandshakeGetNothing(String hex) {
    channel.writeInbound(hex(GREETING + hex + "00".repeat(4)));
    sent(channel);
    channel.advanceTimeBy(5, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(events).isEmpty();
  }
}
