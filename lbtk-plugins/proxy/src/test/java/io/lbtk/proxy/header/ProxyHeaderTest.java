package io.lbtk.proxy.header;

import static io.lbtk.proxy.header.HeaderBytes.block;
import static io.lbtk.proxy.header.HeaderBytes.blockWith;
import static io.lbtk.proxy.header.HeaderBytes.join;
import static io.lbtk.proxy.header.HeaderBytes.line;
import static io.lbtk.proxy.header.HeaderBytes.sealed;
import static io.lbtk.proxy.header.HeaderBytes.value;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.net.NoLeaks;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Headers of the PROXY protocol, against the codec of Netty and against the letters of the text.
 */
@ExtendWith(NoLeaks.class)
class ProxyHeaderTest {

  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 56324);
  private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.11", 443);
  private static final InetSocketAddress CLIENT6 = new InetSocketAddress("2001:db8::1", 65535);
  private static final InetSocketAddress SERVER6 = new InetSocketAddress("2001:db8::11", 1);

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void whatNettyWritesIsRead(ProxyProtocol version) throws Exception {
    assertThat(read(HeaderBytes.of(version, "192.0.2.1", 56324, "192.0.2.11", 443)))
        .isEqualTo(new ProxyHeader(CLIENT, SERVER));
    assertThat(read(HeaderBytes.of(version, "2001:db8::1", 65535, "2001:db8::11", 1)))
        .isEqualTo(new ProxyHeader(CLIENT6, SERVER6));
  }

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void whatIsWrittenIsReadByNettyAndHere(ProxyProtocol version) throws Exception {
    ProxyHeader ipV4 = new ProxyHeader(CLIENT, SERVER);
    ProxyHeader ipV6 = new ProxyHeader(CLIENT6, SERVER6);

    assertThat(HeaderBytes.read(ipV4.encode(version)))
        .isEqualTo("192.0.2.1:56324 to 192.0.2.11:443");
    assertThat(HeaderBytes.read(ipV6.encode(version))).contains(":65535 to ", "db8", ":1");
    assertThat(read(ipV4.encode(version))).isEqualTo(ipV4);
    assertThat(read(ipV6.encode(version))).isEqualTo(ipV6);
    assertThat(HeaderBytes.read(ProxyHeader.UNKNOWN.encode(version))).isEqualTo("UNKNOWN");
    assertThat(read(ProxyHeader.UNKNOWN.encode(version))).isEqualTo(ProxyHeader.UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void whereTheFamiliesDifferBothAreOfIpV6(ProxyProtocol version) throws Exception {
    ProxyHeader mixed = new ProxyHeader(CLIENT, SERVER6);

    assertThat(read(mixed.encode(version))).isEqualTo(mixed);
  }

  @Test
  void aLineIsWrittenAsTheTextHasIt() {
    assertThat(new ProxyHeader(CLIENT, SERVER).encode(ProxyProtocol.V1))
        .asString(US_ASCII)
        .isEqualTo("PROXY TCP4 192.0.2.1 192.0.2.11 56324 443\r\n");
    assertThat(new ProxyHeader(CLIENT6, SERVER6).encode(ProxyProtocol.V1))
        .asString(US_ASCII)
        .isEqualTo("PROXY TCP6 2001:db8::1 2001:db8::11 65535 1\r\n");
    assertThat(new ProxyHeader(CLIENT, SERVER).encode(ProxyProtocol.OFF)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN",
        "PROXY UNKNOWN anything at all",
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535"
      })
  void aLineOfAnUnknownClientSaysNothing(String text) throws Exception {
    assertThat(read(line(text))).isEqualTo(ProxyHeader.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY ",
        "PROXY TCP4",
        "PROXY TCP5 192.0.2.1 192.0.2.11 1 2",
        "PROXY tcp4 192.0.2.1 192.0.2.11 1 2",
        "PROXY TCP4  192.0.2.1 192.0.2.11 1 2",
        "PROXY TCP4 192.0.2.1 192.0.2.11 1 2 ",
        "PROXY TCP4 192.0.2.1 192.0.2.11 1 65536",
        "PROXY TCP4 192.0.2.1 192.0.2.11 1 -2",
        "PROXY TCP4 192.0.2.1 192.0.2.11 01 2",
        "PROXY TCP4 192.0.2.1 192.0.2.11 1 ",
        "PROXY TCP4 192.0.2.1 192.0.2.256 1 2",
        "PROXY TCP4 192.0.2.01 192.0.2.11 1 2",
        "PROXY TCP4 2001:db8::1 2001:db8::11 1 2",
        "PROXY TCP6 192.0.2.1 192.0.2.11 1 2",
        "PROXY TCP6 fe80::1%lo 2001:db8::11 1 2",
        "PROXY TCP4 localhost 192.0.2.11 1 2"
      })
  void aLineThatIsNotExactlyOneIsRefused(String text) {
    assertRefused(line(text), "invalid ");
  }

  @Test
  void theEndOfALineIsCarriageReturnAndLineFeed() {
    assertRefused("PROXY TCP4 192.0.2.1 192.0.2.11 1 2\n".getBytes(US_ASCII), "CR LF");
    assertRefused("PROXY TCP4 192.0.2.1 192.0.2.11 1 2\r \r\n".getBytes(US_ASCII), "invalid line");
  }

  @Test
  void aLineHas107BytesAtTheMost() throws Exception {
    String longest = "PROXY UNKNOWN " + "x".repeat(107 - 14 - 2);

    assertThat(read(line(longest))).isEqualTo(ProxyHeader.UNKNOWN);
    assertRefused(line(longest + "x"), "107 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1, byte 1 is 0x47",
    "PRoXY, byte 3 is 0x6f",
    "PROXYTCP4, byte 6 is 0x54",
    "é, byte 1 is 0x3f"
  })
  void anythingElseIsRefusedAtItsFirstWrongByte(String text, String where) {
    assertRefused(text.getBytes(US_ASCII), where);
  }

  @Test
  void aBlockMayHaveNoClient() throws Exception {
    assertThat(read(block(0x20, 0x00))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x20, 0x11, new byte[12]))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x20, 0xff, new byte[3]))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x21, 0x00))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x21, 0x00, new byte[100]))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x21, 0x12, new byte[12]))).isEqualTo(ProxyHeader.UNKNOWN);
    assertThat(read(block(0x21, 0x31, new byte[216]))).isEqualTo(ProxyHeader.UNKNOWN);
  }

  @Test
  void aBlockThatIsWrongIsRefused() {
    assertRefused(block(0x11, 0x11, new byte[12]), "0x11");
    assertRefused(block(0x22, 0x11, new byte[12]), "0x22");
    assertRefused(block(0x21, 0x41, new byte[12]), "0x41");
    assertRefused(block(0x21, 0x13, new byte[12]), "0x13");
    assertRefused(block(0x21, 0x11, new byte[11]), "28 or more");
    assertRefused(block(0x21, 0x21, new byte[35]), "52 or more");
    assertRefused(blockWith(CLIENT, SERVER, (byte) 4), "truncated TLV");
    assertRefused(blockWith(CLIENT, SERVER, (byte) 4, (byte) 0, (byte) 1), "truncated TLV");
  }

  @Test
  void theSignatureOfABlockIsCheckedToItsEnd() {
    byte[] wrong = block(0x21, 0x11, new byte[12]);
    wrong[11] = '\r';

    assertRefused(wrong, "byte 12 is 0x0d");
  }

  @Test
  void furtherValuesAreSkipped() throws Exception {
    byte[] values =
        join(value(0x04), value(0x02, "example.com".getBytes(US_ASCII)), value(0xe0, new byte[9]));

    assertThat(read(blockWith(CLIENT, SERVER, values))).isEqualTo(new ProxyHeader(CLIENT, SERVER));
  }

  @Test
  void theLongestBlockIsRead() throws Exception {
    byte[] block = blockWith(CLIENT, SERVER, value(0x04, new byte[65535 - 12 - 3]));

    assertThat(block).hasSize(65551);
    assertThat(read(block)).isEqualTo(new ProxyHeader(CLIENT, SERVER));
  }

  @Test
  void aChecksumIsChecked() throws Exception {
    byte[] block = sealed(blockWith(CLIENT, SERVER, join(value(0x04), value(0x03, new byte[4]))));
    byte[] broken = block.clone();
    broken[17] ^= 1;

    assertThat(read(block)).isEqualTo(new ProxyHeader(CLIENT, SERVER));
    assertRefused(broken, "checksum");
    assertRefused(blockWith(CLIENT, SERVER, value(0x03, new byte[3])), "checksum");
  }

  /** The whole, and byte by byte; nothing may be taken of what follows. */
  private static ProxyHeader read(byte[] header) throws ProxyHeaderException {
    ByteBuffer all = ByteBuffer.allocate(header.length + 2).put(header).put((byte) '\n').flip();
    all.limit(all.capacity());
    ProxyHeader whole = new ProxyHeaderReader().read(all);
    assertThat(all.remaining()).isEqualTo(2);

    ProxyHeaderReader slow = new ProxyHeaderReader();
    for (int i = 0; i < header.length - 1; i++) {
      assertThat(slow.read(ByteBuffer.wrap(header, i, 1))).as("after %d bytes", i + 1).isNull();
      assertThat(slow.length()).isEqualTo(i + 1);
    }
    assertThat(slow.read(ByteBuffer.wrap(header, header.length - 1, 1))).isEqualTo(whole);
    return Objects.requireNonNull(whole);
  }

  private static void assertRefused(byte[] header, String... words) {
    assertThatThrownBy(() -> new ProxyHeaderReader().read(ByteBuffer.wrap(header)))
        .isInstanceOf(ProxyHeaderException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("null");
  }
}
