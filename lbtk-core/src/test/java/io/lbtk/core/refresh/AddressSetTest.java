package io.lbtk.core.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Target;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AddressSetTest {

  @Test
  void hostAndPortTellTargetsApartAndNothingElse() {
    AddressSet set = new AddressSet(1);

    assertThat(set.add(Target.of("a", 1))).isTrue();
    assertThat(set.add(Target.of("a", 2))).isTrue();
    assertThat(set.add(Target.of("b", 1))).isTrue();
    assertThat(set.add(Target.of("a", 1).withWeight(2))).isFalse();
    assertThat(set.contains(Target.of("b", 1).withPriority(1))).isTrue();
    assertThat(set.contains(Target.of("b", 2))).isFalse();
  }

  @Test
  void namesThatWereMadeToCollideAreToldApartToo() {
    // "Aa" and "BB" have one hash, and so have all words of them.
    List<String> hosts =
        IntStream.range(0, 1 << 12)
            .mapToObj(Integer::toBinaryString)
            .map(bits -> "0".repeat(12 - bits.length()) + bits)
            .map(bits -> bits.replace("0", "Aa").replace("1", "BB"))
            .toList();
    assertThat(hosts.stream().mapToInt(String::hashCode).distinct()).hasSize(1);
    List<Target> targets = hosts.stream().map(host -> Target.of(host, 1)).toList();

    AddressSet set = AddressSet.of(targets);

    assertThat(targets).allMatch(set::contains);
    assertThat(targets).noneMatch(set::add);
    assertThat(set.contains(Target.of("Cc".repeat(12), 1))).isFalse();
  }

  @Test
  void manyAreAllFoundAgain() {
    List<Target> targets =
        IntStream.range(0, 200_000)
            .mapToObj(
                i -> Target.of("10.0.%d.%d".formatted(i / 250 % 250, i % 250), i / 62_500 + 1))
            .toList();

    AddressSet set = new AddressSet(targets.size());

    assertThat(targets).allMatch(set::add);
    assertThat(Stream.of("10.0.0.250", "10.0.250.0").map(host -> Target.of(host, 1)))
        .noneMatch(set::contains);
  }
}
