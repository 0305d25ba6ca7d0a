package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrBlockTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, 11.0.0.0",
    "10.1.2.3, 10.1.2.3, 10.1.2.4",
    "10.1.2.2/31, 10.1.2.3, 10.1.2.4",
    "128.0.0.0/1, 255.255.255.255, 127.255.255.255",
    "0.0.0.0/0, 203.0.113.7, ::1",
    "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::",
    "2001:db8:0:1::/64, 2001:db8:0:1:ffff::, 2001:db8:0:2::",
    "2001:db8::8000:0:0:0/65, 2001:db8::8000:0:0:1, 2001:db8::7fff:0:0:1",
    "::1, ::1, ::2",
    "::/0, 2001:db8::1, 10.0.0.1",
    "::ffff:10.0.0.0/104, 10.1.2.3, 11.0.0.0",
    "::ffc0:0:0/90, ::ffc0:0:1, 10.0.0.1"
  })
  void itHoldsTheAddressesThatBeginAsItDoes(String text, String within, String outside)
      throws Exception {
    CidrBlock block = CidrBlock.parse(text);

    assertThat(block.contains(InetAddress.getByName(within))).isTrue();
    assertThat(block.contains(InetAddress.getByName(outside))).isFalse();
  }

  @Test
  void anAddressOfIpV4ThatIsMappedToIpV6IsOneOfIpV4() throws Exception {
    InetAddress mapped = Inet6Address.getByAddress("client", mapped(10, 1, 2, 3), 0);

    assertThat(mapped).isInstanceOf(Inet6Address.class);
    assertThat(CidrBlock.parse("10.0.0.0/8").contains(mapped)).isTrue();
    assertThat(CidrBlock.parse("::/0").contains(mapped)).isFalse();
  }

  private static byte[] mapped(int a, int b, int c, int d) {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    bytes[12] = (byte) a;
    bytes[13] = (byte) b;
    bytes[14] = (byte) c;
    bytes[15] = (byte) d;
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "10.1.2.3, 10.1.2.3/32",
    "2001:DB8:0::/32, 2001:db8::/32",
    "::1, ::1/128",
    "::ffff:10.0.0.0/104, 10.0.0.0/8"
  })
  void itIsPrintedAsItIsRead(String text, String printed) {
    assertThat(CidrBlock.parse(text)).hasToString(printed);
    assertThat(CidrBlock.parse(printed)).isEqualTo(CidrBlock.parse(text));
    assertThat(CidrBlock.parse(printed)).hasSameHashCodeAs(CidrBlock.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33, 0 to 32",
    "10.0.0.0/, 0 to 32",
    "10.0.0.0/-1, 0 to 32",
    "10.0.0.0/8/8, 0 to 32",
    "10.0.0.0/99999999999, 0 to 32",
    "2001:db8::/129, 0 to 128",
    "10.0.0.1/8, 10.0.0.0/8",
    "2001:db8::1/32, 2001:db8::/32",
    "10.0.0/8, 10.0.0.0/8 or 2001:db8::/32",
    "010.0.0.0/8, 10.0.0.0/8 or 2001:db8::/32",
    "localhost, 10.0.0.0/8 or 2001:db8::/32",
    "[::1], 10.0.0.0/8 or 2001:db8::/32",
    "fe80::1%lo, 10.0.0.0/8 or 2001:db8::/32",
    "/8, 10.0.0.0/8 or 2001:db8::/32"
  })
  void anErrorNamesTheValueAndWhatWasExpected(String text, String expected) {
    assertThatThrownBy(() -> CidrBlock.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("\"" + text + "\"", "expected: ", expected);
  }

  @Test
  void aListHoldsWhatOneOfItsBlocksHolds() throws Exception {
    Random random = new Random(7);
    List<CidrBlock> blocks = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      blocks.add(ipV4(random));
      blocks.add(ipV6(random));
    }
    CidrList list = new CidrList(blocks);
    int found = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      InetAddress address = InetAddress.getByAddress(bytes);
      boolean expected = blocks.stream().anyMatch(block -> block.contains(address));
      assertThat(list.contains(address)).as("%s", address).isEqualTo(expected);
      found += expected ? 1 : 0;
    }
    assertThat(found).isBetween(1_000, 19_000);
  }

  private static CidrBlock ipV4(Random random) {
    int prefix = 8 + random.nextInt(25);
    int start = random.nextInt() & -1 << (32 - prefix);
    return CidrBlock.parse(
        "%d.%d.%d.%d/%d"
            .formatted(
                start >>> 24, start >>> 16 & 0xff, start >>> 8 & 0xff, start & 0xff, prefix));
  }

  private static CidrBlock ipV6(Random random) {
    int prefix = 8 + random.nextInt(9);
    int start = random.nextInt(65536) & -1 << (16 - prefix);
    return CidrBlock.parse("%x::/%d".formatted(start, prefix));
  }

  @Test
  void anEmptyListHoldsNothing() throws UnknownHostException {
    CidrList list = new CidrList(List.of());

    assertThat(list.isEmpty()).isTrue();
    assertThat(Stream.of("10.0.0.1", "::1").map(CidrBlockTest::address)).noneMatch(list::contains);
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
