package io.lbtk.tokenport.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Demand;
import io.lbtk.api.Outcome;
import io.lbtk.api.Shortage;
import io.lbtk.net.NoLeaks;
import io.lbtk.tokenport.zmtp.ZmtpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
final class LinesTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
  private final LineBatch batch = new LineBatch(ctx);
  private final PeerLines.Writer peer = new PeerLines.Writer(batch);
  private final GeneratorLines.Writer generator = new GeneratorLines.Writer(batch);
  private final Heard heard = new Heard();

  /** Records all calls. */
  private static final class Heard implements PeerLines, GeneratorLines {
    private final List<String> calls = new ArrayList<>();

    @Override
    public void hello(String word, boolean rolesOrStandby) {
      calls.add("hello " + word + " " + rolesOrStandby);
    }

    @Override
    public void role(boolean standby) {
      calls.add("role " + standby);
    }

    @Override
    public void hold(String hostPort, int count) {
      calls.add("hold " + hostPort + " " + count);
    }

    @Override
    public void want(Word wid, int count, Demand demand) {
      calls.add("want " + wid + " " + count + " " + demand);
    }

    @Override
    public void cancel(Word wid) {
      calls.add("cancel " + wid);
    }

    @Override
    public void done(Word id, Outcome outcome) {
      calls.add("done " + id + " " + outcome);
    }

    @Override
    public void doneHeld(String hostPort, Outcome outcome) {
      calls.add("doneHeld " + hostPort + " " + outcome);
    }

    @Override
    public void bye() {
      calls.add("bye");
    }

    @Override
    public void token(Word wid, Word id, Word hostPort) {
      calls.add("token " + wid + " " + id + " " + hostPort);
    }

    @Override
    public void none(Word wid, Shortage shortage) {
      calls.add("none " + wid + " " + shortage);
    }

    @Override
    public void gone(Word hostPort) {
      calls.add("gone " + hostPort);
    }

    @Override
    public void error(String text) {
      calls.add("error " + text);
    }

    @Override
    public void alive() {
      calls.add("alive");
    }
  }

  private void hearPeer(String message) {
    new PeerLines.Reader(heard).read(ctx, Unpooled.copiedBuffer(message, US_ASCII));
  }

  private void hearGenerator(String message) {
    new GeneratorLines.Reader(heard).read(ctx, Unpooled.copiedBuffer(message, US_ASCII));
  }

  /** Returns the written message, without the header of its only frame. */
  private String sent() {
    batch.flush();
    ByteBuf frame = channel.readOutbound();
    String text = frame.toString(US_ASCII);
    frame.release();
    return text.substring(text.charAt(0) == 2 ? 9 : 2);
  }

  @Test
  void whatAPeerWritesIsReadTheSame() {
    Demand picky =
        Demand.any()
            .timeout(Duration.ofMillis(70))
            .withKey("a b%é")
            .excluding(Set.of("10.0.0.1:80"));
    Outcome known = Outcome.closed().withConnectTime(Duration.ofMillis(3)).withBytes(5, 7);
    peer.hello("p1");
    peer.hold("[::1]:80", 3);
    peer.want(1, 16, Demand.any());
    peer.want(2, 1, picky);
    peer.cancel(2);
    peer.done(Word.of("e-1"), Outcome.unused());
    peer.done(Word.of("e-2"), known);
    peer.doneHeld("[::1]:80", Outcome.reset());
    peer.bye();
    peer.alive();
    hearPeer(sent());
    assertThat(heard.calls)
        .containsExactly(
            "hello p1 true",
            "hold [::1]:80 3",
            "want 1 16 " + Demand.any(),
            "want 2 1 " + picky,
            "cancel 2",
            "done e-1 " + Outcome.unused(),
            "done e-2 " + known,
            "doneHeld [::1]:80 " + Outcome.reset(),
            "bye",
            "alive");
  }

  @Test
  void whatAGeneratorWritesIsReadTheSame() {
    TokenIds ids = new TokenIds("e7");
    generator.hello("e7", false);
    generator.hello("e8", true);
    generator.role(true);
    generator.role(false);
    generator.token(Word.of("9"), ids, 0, "10.0.0.1:80".getBytes(US_ASCII));
    generator.token(Word.of("9"), ids, 0x1fL, "10.0.0.2:80".getBytes(US_ASCII));
    generator.none(Word.of("9"), Shortage.BUSY);
    generator.gone("10.0.0.1:80");
    generator.alive();
    generator.error("no\nway");
    hearGenerator(sent());
    assertThat(heard.calls)
        .containsExactly(
            "hello e7 false",
            "hello e8 true",
            "role true",
            "role false",
            "token 9 e7-0 10.0.0.1:80",
            "token 9 e7-1f 10.0.0.2:80",
            "none 9 BUSY",
            "gone 10.0.0.1:80",
            "alive",
            "error no?way");
  }

  @Test
  void endsOfEarlierVersionsSayNothingOfRoles() {
    hearPeer("HELLO 1 p1");
    hearGenerator("HELLO 1 e7 role=leader");
    assertThat(heard.calls).containsExactly("hello p1 false", "hello e7 false");
  }

  @Test
  void aLastLineFeedAndUnknownOptionsAreAllowed() {
    hearPeer("BYE x=1\nWANT 1 2 nice=1 for=5 ways=a=b\nDONE a closed x=\n");
    assertThat(heard.calls).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "BYE\n\n",
        " BYE",
        "BYE ",
        "bye",
        "BYE now",
        "BYE\r\n",
        "GET / HTTP/1.0",
        "HELLO",
        "HELLO 1",
        "HELLO 2 p",
        "HELLO 1  p",
        "HELLO 1 \u0001",
        "HOLD a:1",
        "HOLD a:1 -1",
        "HOLD a:1 1000001",
        "WANT 1",
        "WANT 1 0",
        "WANT 1 1025",
        "WANT 1 1x",
        "WANT 1 99999999999999999999",
        "WANT 123456789012345678901234567890123 1",
        "WANT 1 1 for=",
        "WANT 1 1 for=-1",
        "WANT 1 1 key=%4",
        "WANT 1 1 key=%zz",
        "WANT 1 1 not=",
        "WANT 1 1 not=a:1,,b:1",
        "WANT 1 1 not=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
        "WANT 1 1 =5",
        "CANCEL",
        "DONE 1",
        "DONE 1 over",
        "DONE 1 closed up=x",
      })
  void whatIsNoLineIsRefusedInWords(String message) {
    assertThatThrownBy(() -> hearPeer(message))
        .isInstanceOf(LeaseException.class)
        .hasMessageContaining("expected: ");
    assertThat(heard.calls.size()).isLessThanOrEqualTo(1);
  }

  @Test
  void sixteenTargetsCanBeExcluded() {
    hearPeer("WANT 1 1 not=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");
    assertThat(heard.calls).hasSize(1);
  }

  @Test
  void idsOfAnotherEpochOrFormHaveNoNumber() {
    TokenIds ids = new TokenIds("e7");
    assertThat(ids.numberOf(Word.of("e7-1f"))).isEqualTo(0x1f);
    for (String other : List.of("e7-", "e7", "e8-1f", "e7-1g", "e7-" + "0".repeat(40), "1f")) {
      assertThat(ids.numberOf(Word.of(other))).as(other).isEqualTo(-1);
    }
  }

  @Test
  void linesThatDoNotFitIntoOneMessageGoIntoSeveral() {
    for (int i = 0; i < 5000; i++) {
      generator.gone("some-host-name:80");
    }
    batch.flush();
    int messages = 0;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      assertThat(out.readableBytes()).isLessThanOrEqualTo(ZmtpFrame.MAX_LENGTH + 9);
      hearGenerator(out.toString(9, out.readableBytes() - 9, US_ASCII));
      out.release();
      messages++;
    }
    assertThat(messages).isEqualTo(2);
    assertThat(heard.calls).hasSize(5000);
  }
}
