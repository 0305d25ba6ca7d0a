package io.lbtk.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildReaderTest {

  private static final int LARGEST_REQUEST = 4 << 20;
  private static final int MAX_DATA = 64 << 10;

  private static Directory directory;

  private final List<ChildAnswer> answers = new ArrayList<>();

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    directory = new Directory(folder, LARGEST_REQUEST);
  }

  @AfterAll
  static void stop() throws Exception {
    directory.close();
  }

  private static ChildReader reader(String path) {
    return new ChildReader(path, 64 << 20, MAX_DATA, Duration.ofSeconds(10));
  }

  @Test
  void oneThatIsGoneIsNoErrorForTheOthers() throws Exception {
    directory.put("/gone", "");
    directory.put("/gone/a", "first");
    directory.put("/gone/c", "third");

    reader("/gone").read(directory.client(), List.of("a", "b", "c"), answers::add);

    assertThat(answers)
        .extracting(
            ChildAnswer::name, ChildAnswer::code, answer -> new String(answer.data(), UTF_8))
        .containsExactly(
            tuple("a", Code.OK, "first"),
            tuple("b", Code.NONODE, ""),
            tuple("c", Code.OK, "third"));
  }

  @Test
  void oneThatMayNotBeReadIsNoErrorForTheOthers() throws Exception {
    directory.put("/shut", "");
    directory.put("/shut/a", "first");
    directory.put("/shut/b", "second");
    ACL noRead = new ACL(ZooDefs.Perms.ALL & ~ZooDefs.Perms.READ, ZooDefs.Ids.ANYONE_ID_UNSAFE);
    directory.client().setACL("/shut/a", Arrays.asList(noRead), -1);

    reader("/shut").read(directory.client(), List.of("a", "b"), answers::add);

    assertThat(answers)
        .extracting(ChildAnswer::name, ChildAnswer::code)
        .containsExactly(tuple("a", Code.NOAUTH), tuple("b", Code.OK));
  }

  @Test
  void manyAreAnsweredInTheirOrder() throws Exception {
    directory.put("/many", "");
    for (int i = 0; i < 1000; i += 2) {
      directory.put("/many/" + i, "data " + i);
    }
    List<String> names = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();

    reader("/many").read(directory.client(), names, answers::add);

    assertThat(answers).extracting(ChildAnswer::name).containsExactlyElementsOf(names);
    assertThat(answers)
        .filteredOn(answer -> answer.code() == Code.OK)
        .hasSize(500)
        .allSatisfy(
            answer -> assertThat(answer.data()).asString().isEqualTo("data " + answer.name()));
  }

  @Test
  void namesThatAreTooLongForOneRequestAreReadInSeveral() throws Exception {
    directory.put("/long", "");
    List<String> names =
        IntStream.range(0, 60).mapToObj(i -> i + "-" + "x".repeat(100_000)).toList();
    for (String name : names) {
      directory.put("/long/" + name, "");
    }

    reader("/long").read(directory.client(), names, answers::add);

    assertThat(answers).extracting(ChildAnswer::code).containsOnly(Code.OK).hasSize(60);
  }

  @Test
  void dataThatIsTooLongForTheClientIsALostConnection() throws Exception {
    directory.put("/large", "");
    directory.put("/large/a", "first");
    directory.put("/large/b", new byte[3 << 20]);

    assertThatThrownBy(
            () -> reader("/large").read(directory.client(), List.of("a", "b"), answers::add))
        .isInstanceOf(KeeperException.ConnectionLossException.class);
  }

  @Test
  void whereThereIsNothingToReadNothingIsAsked() throws Exception {
    reader("/none").read(directory.client(), List.of(), answers::add);

    assertThat(answers).isEmpty();
  }
}
