package io.lbtk.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.api.Target;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZookeeperFormatTest {

  /** As Curator 5.9 writes it. */
  private static final String CURATOR =
      "{'name':'web','id':'i-1','address':'10.0.0.1','port':8080,'sslPort':8443,'payload':"
          + "{'@class':'T1$Pay','weight':7,'zone':'eu'},'registrationTimeUTC':1795457953800,"
          + "'serviceType':'DYNAMIC','uriSpec':{'parts':[{'value':'scheme','variable':true}]}}";

  private static final String SPRING =
      "{'name':'web','id':'i-2','address':'10.0.0.1','port':8080,'sslPort':null,'payload':"
          + "{'@class':'org.springframework.cloud.zookeeper.discovery.ZookeeperInstance',"
          + "'id':'web','name':'web','metadata':{'weight':'7'}},'serviceType':'DYNAMIC'}";

  /** As Aurora writes it. */
  private static final String SERVERSET =
      "{'status':'ALIVE','additionalEndpoints':{'aurora':{'host':'10.0.0.1','port':80},"
          + "'http':{'host':'10.0.0.2','port':80}},"
          + "'serviceEndpoint':{'host':'10.0.0.3','port':80},'shard':0}";

  private static final String KAFKA =
      "{'version':5,'host':'10.0.0.1','port':9092,'jmx_port':9999,'timestamp':'2233345666',"
          + "'endpoints':['CLIENT://10.0.0.1:9092','REPLICATION://[::1]:9093'],'rack':'dc1'}";

  private static final String KAFKA_WITHOUT_PLAINTEXT =
      "{'version':5,'host':null,'port':-1,'jmx_port':9999,"
          + "'endpoints':['SSL://10.0.0.1:9094'],'rack':'dc1'}";

  private static Optional<Target> read(
      ZookeeperFormat format, @Nullable String endpoint, String name, String data) {
    return format.entries(endpoint).read(name, Directory.bytes(data.replace('\'', '"')));
  }

  private static void assertReads(ZookeeperFormat format, String name, String data, String target) {
    assertThat(read(format, null, name, data)).contains(Target.parse(target));
    assertThat(read(ZookeeperFormat.AUTO, null, name, data)).contains(Target.parse(target));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:80, 10.0.0.1:80",
    "' 10.0.0.1:80\n', 10.0.0.1:80",
    "10.0.0.1:80:5, 10.0.0.1:80 weight=5",
    "10.0.0.1:80 weight=0 zone=b, 10.0.0.1:80 weight=0 zone=b",
    "[::1]:80 priority=2, [::1]:80 priority=2"
  })
  void textIsATarget(String data, String target) {
    assertReads(ZookeeperFormat.TEXT, "n-0000000001", data, target);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1:80, 10.0.0.1:80",
    "[::1]:80, [::1]:80",
    "web.example:8983_solr, web.example:8983",
    "web_1.example:80, web_1.example:80"
  })
  void aNameIsAnAddress(String name, String target) {
    assertReads(ZookeeperFormat.NAME, name, "", target);
  }

  @Test
  void aNameNeedsNoData() {
    assertThat(ZookeeperFormat.NAME.entries(null).needsData()).isFalse();
    assertThat(read(ZookeeperFormat.NAME, null, "10.0.0.1:80", "whatever"))
        .contains(Target.of("10.0.0.1", 80));
  }

  @Test
  void anInstanceOfCuratorHasItsWeightInThePayload() {
    assertReads(ZookeeperFormat.CURATOR, "i-1", CURATOR, "10.0.0.1:8080 weight=7");
    assertReads(ZookeeperFormat.CURATOR, "i-2", SPRING, "10.0.0.1:8080 weight=7");
  }

  @Test
  void anInstanceOfCuratorWithNoOtherPortIsReachedAtItsPortForTls() {
    String data = "{'id':'i-1','address':'10.0.0.1','port':null,'sslPort':8443,'payload':null}";

    assertReads(ZookeeperFormat.CURATOR, "i-1", data, "10.0.0.1:8443");
  }

  @Test
  void anInstanceOfCuratorThatIsNotEnabledIsNoTarget() {
    String data = "{'id':'i-1','address':'10.0.0.1','port':80,'enabled':false}";

    assertThat(read(ZookeeperFormat.CURATOR, null, "i-1", data)).isEmpty();
    assertThat(read(ZookeeperFormat.AUTO, null, "i-1", data)).isEmpty();
  }

  @Test
  void aMemberOfAServersetIsReachedAtTheEndpointThatIsNamed() {
    assertReads(ZookeeperFormat.SERVERSET, "member_0000000001", SERVERSET, "10.0.0.3:80");
    assertThat(read(ZookeeperFormat.SERVERSET, "http", "member_0000000001", SERVERSET))
        .contains(Target.of("10.0.0.2", 80));
    assertThat(read(ZookeeperFormat.AUTO, "aurora", "member_0000000001", SERVERSET))
        .contains(Target.of("10.0.0.1", 80));
    assertThatThrownBy(() -> read(ZookeeperFormat.SERVERSET, "ftp", "member_1", SERVERSET))
        .hasMessageContaining("/additionalEndpoints/ftp/host");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DEAD", "STARTING", "STOPPING", "STOPPED", "WARNING", "UNKNOWN"})
  void aMemberThatIsNotAliveIsNoTarget(String status) {
    String data = SERVERSET.replace("ALIVE", status);

    assertThat(read(ZookeeperFormat.SERVERSET, null, "member_1", data)).isEmpty();
    assertThat(read(ZookeeperFormat.AUTO, null, "member_1", data)).isEmpty();
  }

  @Test
  void whatStandsBesideTheMembersIsNoTarget() {
    String vector = "{'vector':[{'select':'member=1','weight':1.2,'priority':1}]}";

    assertThat(read(ZookeeperFormat.SERVERSET, null, "vector_0000000002", vector)).isEmpty();
    assertThat(read(ZookeeperFormat.AUTO, null, "vector_0000000002", vector)).isEmpty();
  }

  @Test
  void nerveHasHostAndPortAndPerhapsAWeight() {
    assertReads(
        ZookeeperFormat.NERVE, "i-1", "{'host':'10.0.0.1','port':80,'name':'i-1'}", "10.0.0.1:80");
    assertReads(
        ZookeeperFormat.NERVE,
        "i-1",
        "{'host':'10.0.0.1','port':'80','weight':3}",
        "10.0.0.1:80 weight=3");
  }

  @Test
  void aBrokerOfKafkaIsReachedAtTheListenerThatIsNamed() {
    assertReads(ZookeeperFormat.KAFKA, "1", KAFKA, "10.0.0.1:9092");
    assertReads(ZookeeperFormat.KAFKA, "1", KAFKA_WITHOUT_PLAINTEXT, "10.0.0.1:9094");
    assertReads(
        ZookeeperFormat.KAFKA,
        "0",
        "{'version':1,'host':'10.0.0.1','port':9092,'jmx_port':-1}",
        "10.0.0.1:9092");
    assertThat(read(ZookeeperFormat.KAFKA, "REPLICATION", "1", KAFKA))
        .contains(Target.of("::1", 9093));
    assertThatThrownBy(() -> read(ZookeeperFormat.KAFKA, "SSL", "1", KAFKA))
        .hasMessageContaining("expected: one such as SSL://host:9092");
  }

  @ParameterizedTest
  @EnumSource(ZookeeperFormat.class)
  void whatIsNoTargetIsRefusedWithWhatWasExpected(ZookeeperFormat format) {
    for (String data : new String[] {"nothing", "{}", "{'host':1", "[]", "{'port':80}", ""}) {
      assertThatThrownBy(() -> read(format, null, "member_1", data))
          .as(data)
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .isNotBlank();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'host':'10.0.0.1','port':0}",
        "{'host':'10.0.0.1','port':65536}",
        "{'host':'10.0.0.1','port':'http'}",
        "{'host':'10.0.0.1','port':80,'weight':-1}",
        "{'host':'10.0.0.1','port':80,'weight':NaN}",
        "{'host':'','port':80}",
        "{'host':{'a':1},'port':80}",
        "{'host':true,'port':80}",
        "{'host':17,'port':80}",
        "{'host':'0.0.0.0','port':80}",
        "{'host':'[::]','port':80}",
        "{'host':'1.2.3.400','port':80}",
        "{'host':'10.0.0.1','port':true}",
        "{'host':'10.0.0.1','port':80.5}",
        "{'host':'10.0.0.1','port':'80d'}",
        "{'host':'10.0.0.1','port':80,'weight':true}",
        "{'host':'10.0.0.1','port':80,'weight':[3]}",
        "{'host':'10.0.0.1','port':80,'weight':1e9}"
      })
  void valuesOutOfRangeAreRefused(String data) {
    assertThatThrownBy(() -> read(ZookeeperFormat.NERVE, null, "i-1", data))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "CURATOR; {'id':'i','address':'a','port':80,'enabled':'false'}",
        "CURATOR; {'id':'i','address':17,'port':80}",
        "SERVERSET; {'status':true,'serviceEndpoint':{'host':'a','port':80}}",
        "SERVERSET; {'status':'ALIVE','serviceEndpoint':{'host':null,'port':80}}",
        "KAFKA; {'host':true,'port':9092,'endpoints':[]}",
        "KAFKA; {'host':null,'port':-1,'endpoints':[17]}",
        "KAFKA; {'host':null,'port':-1,'endpoints':'SSL://10.0.0.1:9094'}",
        "KAFKA; {'host':null,'port':-1,'endpoints':['SSL://0.0.0.0:9094']}"
      })
  void valuesOfAnotherTypeAreRefused(ZookeeperFormat format, String data) {
    assertThatThrownBy(() -> read(format, null, "member_1", data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void nestedObjectsWithoutAnEndAreRefused() {
    String bomb = "{'host':".repeat(100_000);

    assertThatThrownBy(() -> read(ZookeeperFormat.AUTO, null, "i-1", bomb))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    assertThatThrownBy(
            () -> ZookeeperFormat.TEXT.entries(null).read("a", new byte[] {(byte) 0xC3, 0x28}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("it is not UTF-8");
  }
}
