package io.lbtk.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Outcome;
import io.lbtk.api.Outcome.Kind;
import io.lbtk.api.Shortage;
import io.lbtk.api.StartException;
import io.lbtk.api.Target;
import io.lbtk.net.IpV6;
import io.lbtk.net.NoLeaks;
import io.lbtk.net.OpenDescriptors;
import io.lbtk.net.UdpClient;
import io.lbtk.proxy.limits.OpenFiles;
import io.lbtk.proxy.token.DemandKey;
import io.lbtk.proxy.udp.HeldDatagrams;
import io.lbtk.proxy.udp.UdpLoop;
import io.lbtk.proxy.udp.UdpSettings;
import io.lbtk.testkit.FakeTokenSource;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proxy for UDP does; a subclass for each engine. */
@ExtendWith(NoLeaks.class)
abstract class UdpProxyTest {

  private static final Duration NEVER = Duration.ofMinutes(5);

  /** So short that a test can wait for it. */
  private static final Duration SHORT = Duration.ofMillis(50);

  private final OpenDescriptors before = OpenDescriptors.now();
  private final FakeTokenSource tokens = new FakeTokenSource();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  abstract UdpProxy.Builder newBuilder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    assertThat(tokens.live()).isZero();
    assertThat(tokens.waiting()).isZero();
    assertThat(tokens.repeatedReleases()).isZero();
    before.awaitNoMore();
  }

  private UdpProxy.Builder builder() {
    return newBuilder()
        .listen("127.0.0.1:0")
        .tokens(tokens)
        .loops(1)
        .tokenTimeout(NEVER)
        .idleTimeout(NEVER);
  }

  private <T extends AutoCloseable> T open(T one) {
    open.push(one);
    return one;
  }

  private UdpProxy start(UdpProxy.Builder builder) {
    UdpProxy proxy = open(builder.build());
    proxy.start();
    return proxy;
  }

  private UdpClient client(UdpProxy proxy) throws IOException {
    return open(new UdpClient(proxy.address()));
  }

  private Target echo() throws IOException {
    return open(UdpBackend.echo()).target();
  }

  private static void eventually(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(30)).until(condition);
  }

  private Outcome released(int count) {
    return tokens.awaitReleases(count).get(count - 1).outcome();
  }

  @Test
  void theDatagramsOfAClientGoToTheTargetOfOneToken() throws Exception {
    UdpBackend first = open(UdpBackend.echo());
    UdpBackend second = open(UdpBackend.echo());
    tokens.give(first.target(), second.target());
    UdpProxy proxy = start(builder());
    UdpClient one = client(proxy);
    UdpClient two = client(proxy);

    assertThat(one.exchange("a")).isEqualTo("a");
    assertThat(two.exchange("b")).isEqualTo("b");
    assertThat(one.exchange("c")).isEqualTo("c");

    assertThat(tokens.taken()).hasSize(2);
    assertThat(first.received()).containsExactly("a", "c");
    assertThat(second.received()).containsExactly("b");
    assertThat(proxy.sessions()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1472, 9000, 65_507})
  void aDatagramOfAnyLengthArrivesWholeBothWays(int length) throws Exception {
    tokens.always(echo());
    UdpClient client = client(start(builder()));
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);

    for (int i = 0; i < 3; i++) {
      client.send(bytes);
      assertThat(client.receiveBytes()).isEqualTo(bytes);
    }
    assertThat(client.exchange("still there")).isEqualTo("still there");
  }

  @Test
  void theOutcomeSaysHowMuchWentEachWayAndForHowLong() throws Exception {
    tokens.always(open(UdpBackend.echo(2)).target());
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);
    client.exchange("12345");
    client.receive();

    proxy.close();

    Outcome outcome = released(1);
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesUp()).isEqualTo(5);
    assertThat(outcome.bytesDown()).isEqualTo(10);
    assertThat(outcome.connectTime()).isPresent();
    assertThat(outcome.sessionTime()).isPresent();
  }

  @Test
  void whatComesBeforeTheTokenIsHeld() throws Exception {
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);
    client.send("a").send("").send("c");
    client(proxy).send("so that those before have come");
    tokens.awaitWaiting(2);

    tokens.always(echo());

    assertThat(client.receive()).isEqualTo("a");
    assertThat(client.receive()).isEmpty();
    assertThat(client.receive()).isEqualTo("c");
  }

  @Test
  void whatIsHeldForAClientIsLimited() throws Exception {
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);
    for (int i = 0; i < HeldDatagrams.MOST + 5; i++) {
      client.send("early " + i);
    }
    client(proxy).send("so that those before have come");
    tokens.awaitWaiting(2);

    tokens.always(echo());

    for (int i = 0; i < HeldDatagrams.MOST; i++) {
      assertThat(client.receive()).isEqualTo("early " + i);
    }
    assertThat(client.exchange("late")).isEqualTo("late");
  }

  @Test
  void aClientWithoutATokenIsForgottenAndMayTryAgain() throws Exception {
    tokens.refuse(Shortage.EMPTY);
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);
    try (RecordedLog log = new RecordedLog(UdpProxy.class)) {
      client.send("a").send("b");
      eventually(() -> tokens.demands().size() == 2 && proxy.sessions() == 0);
      assertThat(log.lines())
          .containsExactly(
              "proxy: no token for a client, whose datagrams are dropped:"
                  + " no target available");
    }

    tokens.accept().always(echo());

    assertThat(client.exchange("c")).isEqualTo("c");
  }

  @Test
  void aTokenThatDoesNotComeInTimeIsNotWaitedFor() throws Exception {
    UdpProxy proxy = start(builder().tokenTimeout(SHORT));

    client(proxy).send("a");

    eventually(() -> tokens.demands().size() == 1 && proxy.sessions() == 0);
  }

  @Test
  void theAddressOfTheClientCanBeTheKey() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().key(DemandKey.CLIENT_ADDRESS));

    client(proxy).exchange("a");

    assertThat(tokens.demands().get(0).key()).contains("127.0.0.1");
  }

  @Test
  void idleSessionsEndAndTheNextDatagramBeginsAnother() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().idleTimeout(SHORT));
    UdpClient client = client(proxy);
    client.exchange("a");
    client(proxy).exchange("b");
    client(proxy).exchange("c");

    tokens.awaitReleases(3);
    eventually(() -> proxy.sessions() == 0);
    assertThat(tokens.kinds()).containsOnly(Kind.CLOSED);

    assertThat(client.exchange("d")).isEqualTo("d");
    assertThat(tokens.taken()).hasSize(4);
  }

  @Test
  void moreIdleSessionsThanOneTurnEndsAllEnd() throws Exception {
    tokens.always(open(UdpBackend.silent()).target());
    UdpProxy proxy = start(builder().idleTimeout(SHORT));

    for (int i = 0; i < 3 * UdpLoop.BATCH; i++) {
      client(proxy).send("a");
    }

    tokens.awaitReleases(3 * UdpLoop.BATCH);
    eventually(() -> proxy.sessions() == 0);
  }

  @Test
  void thereAreNoMoreSessionsThanAllowed() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().maxSessions(2).responses(1));
    UdpBackend silent = open(UdpBackend.silent());
    tokens.give(silent.target(), silent.target());
    UdpClient one = client(proxy).send("a");
    client(proxy).send("b");
    tokens.awaitTaken(2);
    UdpClient third = client(proxy);

    try (RecordedLog log = new RecordedLog(UdpProxy.class)) {
      third.send("c").send("d");
      one.send("e");
      eventually(() -> silent.received().contains("e"));

      assertThat(tokens.taken()).hasSize(2);
      assertThat(proxy.sessions()).isEqualTo(2);
      assertThat(log.lines())
          .containsExactly(
              "proxy: max-sessions 2 are open: datagrams of other clients are dropped");
    }
  }

  @Test
  void itSaysAtStartHowManySessionsItTakes() {
    try (RecordedLog log = new RecordedLog(UdpProxy.class)) {
      start(builder());
      start(builder().maxSessions(7));

      assertThat(log.allLines())
          .containsExactly(
              "proxy accepts up to %d sessions at a time"
                  .formatted(UdpSettings.sessionsFor(OpenFiles.limit())),
              "proxy accepts up to 7 sessions at a time");
    }
  }

  @Test
  void aFloodOfClientsDoesNotDisturbThoseWhoHaveASession() throws Exception {
    int most = 20;
    tokens.always(echo());
    UdpProxy proxy = start(builder().maxSessions(most));
    UdpClient old = client(proxy);
    old.exchange("before");
    List<UdpClient> flood = new ArrayList<>();
    for (int i = 0; i < 20 * most; i++) {
      flood.add(client(proxy).send("flood " + i));
      if (i % most == 0) {
        assertThat(old.exchange("during " + i)).isEqualTo("during " + i);
        assertThat(proxy.sessions()).isLessThanOrEqualTo(most);
      }
    }

    assertThat(flood.get(0).receive()).isEqualTo("flood 0");
    assertThat(tokens.taken()).hasSize(most);
    assertThat(proxy.sessions()).isEqualTo(most);
    assertThat(OpenDescriptors.now().sockets())
        .as("those of the test itself, of the proxy and of its sessions")
        .isLessThanOrEqualTo(before.sockets() + flood.size() + 2 + 1 + most);
  }

  @Test
  void whatAFloodSendsBeforeThereAreTokensIsHeldWithinBounds() throws Exception {
    UdpProxy proxy = start(builder());
    byte[] large = new byte[60_000];
    List<UdpClient> flood = new ArrayList<>();
    for (int i = 1; i <= 60; i++) {
      UdpClient client = client(proxy);
      flood.add(client);
      client.send(large);
      client.send(large);
      // One at a time: the system itself would drop what is too much for its buffer.
      int sessions = i;
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofSeconds(30))
          .until(() -> proxy.sessions() == sessions);
    }
    assertThat(tokens.waiting()).as("clients of whom something is held").isBetween(20, 50);
    UdpBackend echo = open(UdpBackend.echo());

    tokens.always(echo.target());

    eventually(() -> tokens.waiting() == 0);
    assertThat(flood.get(59).exchange("late")).isEqualTo("late");
    assertThat(echo.received().stream().filter(each -> each.length() == large.length).count())
        .isBetween(1L, (4L << 20) / large.length);
  }

  @Test
  void ipV6WorksOnBothSides() throws Exception {
    tokens.always(open(UdpBackend.echo(IpV6.loopback())).target());
    UdpProxy proxy = start(builder().listen("[::1]:0").key(DemandKey.CLIENT_ADDRESS));
    UdpClient client = client(proxy);

    assertThat(proxy.address().getAddress()).isEqualTo(IpV6.loopback());
    assertThat(client.exchange("a")).isEqualTo("a");
    assertThat(client.exchange("")).isEmpty();
    assertThat(tokens.taken()).hasSize(1);
  }

  @Test
  void aClientOfIpV4CanHaveATargetOfIpV6() throws Exception {
    tokens.always(open(UdpBackend.echo(IpV6.loopback())).target());

    assertThat(client(start(builder())).exchange("a")).isEqualTo("a");
  }

  @Test
  void aPlaceThatIsFreeAgainIsTaken() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().maxSessions(1).responses(1));

    for (int i = 0; i < 5; i++) {
      assertThat(client(proxy).exchange("a")).isEqualTo("a");
      eventually(() -> proxy.sessions() == 0);
    }
  }

  @Test
  void aSessionEndsWithItsLastAnswer() throws Exception {
    tokens.always(open(UdpBackend.echo(2)).target());
    UdpProxy proxy = start(builder().responses(2));
    UdpClient client = client(proxy);

    assertThat(client.exchange("a")).isEqualTo("a");
    assertThat(client.receive()).isEqualTo("a");

    Outcome outcome = released(1);
    assertThat(outcome.kind()).isEqualTo(Kind.CLOSED);
    assertThat(outcome.bytesUp()).isEqualTo(1);
    assertThat(outcome.bytesDown()).isEqualTo(2);
    client.exchange("b");
    assertThat(tokens.taken()).hasSize(2);
  }

  @Test
  void questionsThatWereAskedTogetherAreAllAnswered() throws Exception {
    UdpProxy proxy = start(builder().responses(1));
    UdpClient client = client(proxy);
    client.send("a").send("b").send("c");
    client(proxy).send("so that those before have come");
    tokens.awaitWaiting(2);

    tokens.always(echo());

    assertThat(client.receive()).isEqualTo("a");
    assertThat(client.receive()).isEqualTo("b");
    assertThat(client.receive()).isEqualTo("c");
    tokens.awaitReleases(2);
    assertThat(tokens.taken()).hasSize(2);
  }

  @Test
  void aTargetThatOwesAnswersAndIsSilentHasTimedOut() throws Exception {
    tokens.always(open(UdpBackend.silent()).target());
    UdpProxy proxy = start(builder().responses(1).idleTimeout(SHORT));

    client(proxy).send("a");

    Outcome outcome = released(1);
    assertThat(outcome.kind()).isEqualTo(Kind.TIMEOUT);
    assertThat(outcome.bytesUp()).isEqualTo(1);
    assertThat(outcome.bytesDown()).isZero();
  }

  @Test
  void aTargetWithNobodyAtItsPortIsRefusedAndTheNextDatagramGoesToAnother() throws Exception {
    UdpBackend dead = open(UdpBackend.refusing());
    tokens.give(dead.target()).always(echo());
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);

    client.send("lost");

    Outcome outcome = released(1);
    assertThat(outcome.kind()).isEqualTo(Kind.REFUSED);
    assertThat(outcome.bytesUp()).isEqualTo(4);
    assertThat(tokens.taken()).hasSize(1);
    assertThat(client.exchange("found")).isEqualTo("found");
    assertThat(tokens.demands().get(1).excluded()).isEqualTo(Set.of(dead.target().hostPort()));
    assertThat(proxy.sessions()).isOne();
  }

  @Test
  void whatIsHeldGoesToAnotherTargetWhenTheFirstRefuses() throws Exception {
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);
    client.send("lost").send("found");
    client(proxy).send("so that those before have come");
    tokens.awaitWaiting(2);

    Target echo = echo();
    tokens.give(open(UdpBackend.refusing()).target()).always(echo);

    assertThat(client.receive()).isEqualTo("found");
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  @Test
  void ifThereIsNoOtherTargetTheRefusedOneIsTriedAgain() throws Exception {
    tokens.always(open(UdpBackend.refusing()).target());
    UdpProxy proxy = start(builder());
    UdpClient client = client(proxy);

    for (int i = 1; i <= 3; i++) {
      client.send("lost");
      tokens.awaitReleases(i);
    }
    assertThat(tokens.kinds()).containsOnly(Kind.REFUSED);

    tokens.always(echo());
    assertThat(client.exchange("found")).isEqualTo("found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "*"})
  void aProxyIsNoTargetOfItself(String host) throws Exception {
    UdpProxy proxy = start(builder().listen(host + ":0"));
    Target itself = Target.of("127.0.0.1", proxy.address().getPort());
    tokens.give(itself, itself, itself);
    UdpClient client = open(new UdpClient(new InetSocketAddress(itself.host(), itself.port())));

    client.send("lost");
    tokens.awaitReleases(1);
    tokens.always(echo());

    assertThat(client.exchange("found")).isEqualTo("found");
    assertThat(tokens.kinds()).containsOnly(Kind.REFUSED);
    assertThat(proxy.sessions()).isOne();
  }

  @Test
  void aTargetThatDiesIsReplaced() throws Exception {
    UdpBackend mortal = open(UdpBackend.echo());
    tokens.give(mortal.target()).always(echo());
    UdpClient client = client(start(builder()));
    client.exchange("a");

    mortal.close();
    client.send("lost");

    assertThat(released(1).kind()).isEqualTo(Kind.REFUSED);
    assertThat(client.exchange("found")).isEqualTo("found");
  }

  @Test
  void aClientThatIsGoneHarmsNobody() throws Exception {
    UdpProxy proxy = start(builder());
    UdpClient gone = client(proxy).send("a");
    tokens.awaitWaiting(1);
    gone.close();

    tokens.always(echo());

    assertThat(client(proxy).exchange("b")).isEqualTo("b");
  }

  @Test
  void aNameIsResolved() throws Exception {
    TestNameServer names = open(new TestNameServer()).knows("service.test", 60, "127.0.0.1");
    tokens.always(Target.of("service.test", echo().port()));
    UdpProxy proxy =
        start(builder().nameServers(new SingletonDnsServerAddressStreamProvider(names.address())));

    assertThat(client(proxy).send("a").exchange("b")).isEqualTo("a");
  }

  @Test
  void allAddressesOfANameAreTried() throws Exception {
    TestNameServer names =
        open(new TestNameServer()).knows("service.test", 60, "127.0.0.2", "127.0.0.3", "127.0.0.1");
    tokens.always(Target.of("service.test", echo().port()));
    UdpProxy proxy =
        start(builder().nameServers(new SingletonDnsServerAddressStreamProvider(names.address())));

    for (int i = 0; i < 10; i++) {
      assertThat(client(proxy).exchange("a")).isEqualTo("a");
    }
    assertThat(tokens.taken()).hasSize(10);
  }

  @Test
  void aSessionLeavesATargetThatMayNotBePickedAnyMore() throws Exception {
    UdpBackend first = open(UdpBackend.echo());
    UdpBackend second = open(UdpBackend.echo());
    tokens.give(first.target()).always(second.target());
    UdpClient client = client(start(builder()));
    assertThat(client.exchange("a")).isEqualTo("a");

    tokens.gone(first.target().hostPort());
    eventually(
        () -> {
          client.exchange("b");
          return second.received().contains("b");
        });

    assertThat(tokens.taken()).hasSize(2);
    assertThat(released(1).kind()).isEqualTo(Kind.CLOSED);
  }

  @Test
  void aSessionThatIsNeverIdleEndsWithItsLifetime() throws Exception {
    UdpBackend echo = open(UdpBackend.echo());
    tokens.always(echo.target());
    UdpClient client = client(start(builder().maxLifetime(Duration.ofMillis(300))));

    eventually(
        () -> {
          client.exchange("a");
          return tokens.taken().size() > 2;
        });
  }

  @Test
  void anUnknownNameIsRefusedAndWhatIsHeldGoesToAnotherTarget() throws Exception {
    TestNameServer names = open(new TestNameServer());
    tokens.give(Target.of("nobody.test", 80)).always(echo());
    UdpProxy proxy =
        start(builder().nameServers(new SingletonDnsServerAddressStreamProvider(names.address())));

    assertThat(client(proxy).exchange("a")).isEqualTo("a");
    assertThat(tokens.kinds()).containsExactly(Kind.REFUSED);
  }

  @Test
  void aDrainingProxyTakesNoNewClientAndLetsTheOthersEnd() throws Exception {
    UdpBackend echo = open(UdpBackend.echo());
    tokens.always(echo.target());
    UdpProxy proxy = start(builder().responses(1));
    UdpBackend silent = open(UdpBackend.silent());
    tokens.give(silent.target());
    UdpClient old = client(proxy).send("a");
    tokens.awaitTaken(1);

    CompletableFuture<Void> drained = proxy.drain(NEVER);
    client(proxy).send("of a new client");
    old.send("b");
    eventually(() -> silent.received().contains("b"));

    assertThat(drained).isNotDone();
    assertThat(tokens.taken()).hasSize(1);
    assertThat(echo.received()).isEmpty();
    proxy.close();
    assertThat(drained).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void aDrainIsOverWithTheLastSessionAndThePortIsFree() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().idleTimeout(SHORT));
    client(proxy).exchange("a");

    assertThat(proxy.drain(NEVER)).succeedsWithin(Duration.ofSeconds(30));

    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new DatagramSocket(proxy.address()).close();
              return true;
            });
  }

  @Test
  void aDrainEndsWhatIsLeftAfterItsTime() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder());
    client(proxy).exchange("a");

    assertThat(proxy.drain(SHORT)).succeedsWithin(Duration.ofSeconds(30));

    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
  }

  @Test
  void sessionsThatDoNotEndByThemselvesAreEndedPartByPartWhileItDrains() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder());
    for (int i = 0; i < 100; i++) {
      client(proxy).exchange("a");
    }
    Set<Integer> seen = new HashSet<>();

    CompletableFuture<Void> drained = proxy.drain(Duration.ofSeconds(2));
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              seen.add(proxy.sessions());
              return drained.isDone();
            });

    assertThat(seen).as("how many were open").contains(0).hasSizeGreaterThan(5);
    assertThat(tokens.kinds()).hasSize(100).containsOnly(Kind.CLOSED);
  }

  @Test
  void aDrainDoesNotWaitForASessionWithoutATarget() throws Exception {
    tokens.give(open(UdpBackend.refusing()).target());
    UdpProxy proxy = start(builder());
    client(proxy).send("lost");
    tokens.awaitReleases(1);

    assertThat(proxy.drain(NEVER)).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void closeWithdrawsDemandsAndReleasesTokens() throws Exception {
    tokens.give(echo());
    UdpProxy proxy = start(builder());
    client(proxy).exchange("a");
    client(proxy).send("b");
    tokens.awaitWaiting(1);

    proxy.close();

    assertThat(tokens.kinds()).containsExactly(Kind.CLOSED);
    eventually(() -> tokens.waiting() == 0);
    assertThat(proxy.sessions()).isZero();
  }

  @Test
  void everyAddressOfTheMachineCanBeListenedTo() throws Exception {
    tokens.always(echo());
    UdpProxy proxy = start(builder().listen("*:0"));

    assertThat(client(proxy).exchange("a")).isEqualTo("a");
    assertThat(client(proxy).send("").exchange("b")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aPortThatIsInUseIsAnErrorThatNamesIt(int loops) throws Exception {
    UdpProxy other = start(builder().loops(2));
    UdpProxy proxy =
        newBuilder()
            .name("proxy.front")
            .listen("127.0.0.1:" + other.address().getPort())
            .tokens(tokens)
            .loops(loops)
            .build();

    assertThatThrownBy(proxy::start)
        .isInstanceOf(StartException.class)
        .hasMessageContaining("proxy.front cannot listen on 127.0.0.1:" + other.address().getPort())
        .hasMessageContaining("in use");
    proxy.close();
  }

  @Test
  void itIsStartedOnce() {
    UdpProxy proxy = start(builder());

    assertThatThrownBy(proxy::start).isInstanceOf(IllegalStateException.class);
    assertThat(proxy.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
  }
}
