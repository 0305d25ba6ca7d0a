package io.lbtk.tokenport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.api.Refresh;
import io.lbtk.api.RefreshListener;
import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.api.Verdict;
import io.lbtk.core.Generator;
import io.lbtk.core.TargetStatus;
import io.lbtk.core.refresh.GuardedRefresher;
import io.lbtk.core.refresh.OnEmpty;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token port in front of a real generator. */
final class GeneratorPortTest {

  /** A refresher under the test's control: the table has taken a change when report returns. */
  private static final class Source implements Refresher {
    private RefreshListener listener = report -> {};

    @Override
    public void start(RefreshListener listener) {
      this.listener = listener;
    }

    void list(String... targets) {
      listener.onRefresh(Refresh.snapshot(Stream.of(targets).map(Target::parse).toList()));
    }

    void add(String target) {
      listener.onRefresh(Refresh.delta(List.of(Target.parse(target)), Set.of()));
    }

    void remove(String target) {
      listener.onRefresh(Refresh.delta(List.of(), Set.of(target)));
    }

    @Override
    public void close() {
      listener = report -> {};
    }
  }

  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final Source source = new Source();
  private final Generator generator =
      Generator.builder()
          .refresher(
              GuardedRefresher.builder(source)
                  .onEmpty(OnEmpty.ACCEPT)
                  .debounce(Duration.ZERO)
                  .scheduler(timers)
                  .build())
          .policy(new TurnPolicy())
          .build();
  private TokenPortServer port = open(1);

  private TokenPortServer open(int loops) {
    PortOptions options = new PortOptions(Duration.ofHours(1), Duration.ofSeconds(5), loops);
    return TokenPortServer.open(
        URI.create("tcp://127.0.0.1:0"), generator, options, Ticker.system());
  }

  @AfterEach
  void close() {
    port.close();
    generator.close();
    timers.shutdownNow();
  }

  private static List<String> targetsOf(RawPeer peer, int wid, int count) {
    peer.say("WANT " + wid + " " + count);
    List<String> targets = new ArrayList<>();
    for (String line : peer.lines(count)) {
      assertThat(line).startsWith("TOKEN ");
      targets.add(line.split(" ")[3]);
    }
    return targets;
  }

  private int live() {
    return generator.targets().stream().mapToInt(TargetStatus::live).sum();
  }

  @Test
  void anAddedTargetGetsItsTurnInTheNextRotation() {
    source.list("a:1", "b:1", "c:1");
    try (RawPeer peer = RawPeer.lease(port.address(), "p")) {
      assertThat(targetsOf(peer, 1, 4)).containsExactly("a:1", "b:1", "c:1", "a:1");
      source.add("d:1");
      assertThat(targetsOf(peer, 2, 4)).containsExactlyInAnyOrder("a:1", "b:1", "c:1", "d:1");
    }
  }

  @Test
  void aGeneratorThatHasNeverReadItsSourceIsAStandbyUntilItHas() {
    try (RawPeer knows = RawPeer.connect(port.address(), "DEALER");
        RawPeer older = RawPeer.connect(port.address(), "DEALER");
        RawPeer pull = RawPeer.connect(port.address(), "PULL")) {
      assertThat(knows.line()).startsWith("HELLO 1 ").endsWith(" role=standby");
      assertThat(older.line()).startsWith("HELLO 1 ").endsWith(" role=standby");
      assertThat(pull.ready()).contains("X-Role").endsWith("standby");
      knows.say("HELLO 1 knows roles=yes", "WANT 1 1");
      older.say("HELLO 1 older", "WANT 1 1");
      assertThat(knows.line()).isEqualTo("NONE 1 empty");
      assertThat(older.line()).isEqualTo("NONE 1 empty");

      source.list("a:1");

      assertThat(knows.lines(2))
          .anyMatch(line -> line.equals("ROLE leader"))
          .anyMatch(line -> line.startsWith("TOKEN 1 "));
      assertThat(older.line()).startsWith("TOKEN 1 ");
      assertThat(pull.line()).isEqualTo("a:1");
      try (RawPeer late = RawPeer.connect(port.address(), "DEALER");
          RawPeer latePull = RawPeer.connect(port.address(), "PULL")) {
        assertThat(late.line()).matches("HELLO 1 \\S+");
        assertThat(latePull.ready()).doesNotContain("X-Role");
      }
    }
  }

  @Test
  void anEmptyListIsReadAllTheSame() {
    try (RawPeer peer = RawPeer.connect(port.address(), "DEALER")) {
      assertThat(peer.line()).endsWith(" role=standby");
      source.list();
      // It says its HELLO late: what has changed since the port's HELLO is made up for.
      peer.say("HELLO 1 p roles=yes");
      assertThat(peer.line()).isEqualTo("ROLE leader");
    }
  }

  /**
   * From the moment the table took a change, no connection through a leasing peer goes to a removed
   * target: a removed one stays away for as long as it is removed, whoever asks and when.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aRemovedTargetIsNotPickedForAnybodyOnceTheTableTookTheChange(int loops) {
    port.close();
    port = open(loops);
    source.list("a:1", "b:1", "c:1", "x:1");
    AtomicBoolean over = new AtomicBoolean();
    // Odd while it is removed: set after the table took that, and reset before it is added.
    AtomicInteger changes = new AtomicInteger();
    List<CompletableFuture<Integer>> askers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "p" + i;
      askers.add(
          CompletableFuture.supplyAsync(
              () -> {
                int askedWhileRemoved = 0;
                try (RawPeer peer = RawPeer.lease(port.address(), name)) {
                  for (int wid = 0; !over.get(); wid++) {
                    int before = changes.get();
                    String[] token = tokenBesidesGone(peer, wid);
                    if (before % 2 == 1 && before == changes.get()) {
                      assertThat(token[3]).isNotEqualTo("x:1");
                      askedWhileRemoved++;
                    }
                    peer.say("DONE " + token[2] + " closed");
                  }
                }
                return askedWhileRemoved;
              },
              // A thread each: on two cores the common pool would run one after the other.
              asker -> new Thread(asker, name).start()));
    }
    for (int i = 0; i < 200; i++) {
      source.remove("x:1");
      changes.incrementAndGet();
      try (RawPeer late = RawPeer.lease(port.address(), "late")) {
        assertThat(targetsOf(late, 1, 8)).doesNotContain("x:1");
        late.say("BYE");
      }
      changes.incrementAndGet();
      source.add("x:1");
    }
    over.set(true);
    assertThat(askers).allSatisfy(asker -> assertThat(asker.join()).isPositive());
  }

  private static String[] tokenBesidesGone(RawPeer peer, int wid) {
    peer.say("WANT " + wid + " 1");
    String line = peer.line();
    while (line.startsWith("GONE ")) {
      line = peer.line();
    }
    assertThat(line).startsWith("TOKEN " + wid + " ");
    return line.split(" ");
  }

  @Test
  void whoHasATokenIsToldThatItsTargetIsGoneForAnyReason() {
    source.list("a:1", "b:1");
    try (RawPeer peer = RawPeer.lease(port.address(), "p")) {
      assertThat(targetsOf(peer, 1, 2)).containsExactly("a:1", "b:1");
      source.remove("a:1");
      assertThat(peer.line()).isEqualTo("GONE a:1");
      generator.judge("b:1", new Verdict("admin", Verdict.State.DRAIN, ""));
      assertThat(peer.line()).isEqualTo("GONE b:1");
      peer.say("WANT 2 1");
      assertThat(peer.line()).isEqualTo("NONE 2 empty");
      source.add("c:1");
      assertThat(peer.line()).startsWith("TOKEN 2 ").endsWith(" c:1");
    }
  }

  @Test
  void theOpenQueueFollowsTheTable() {
    try (RawPeer peer = RawPeer.connect(port.address(), "PULL")) {
      source.list("a:1", "b:1");
      assertThat(peer.lines(100)).containsOnly("a:1", "b:1");
      source.list("c:1");
      String line = peer.line();
      while (!line.equals("c:1")) {
        line = peer.line();
      }
      assertThat(peer.lines(100)).containsOnly("c:1");
    }
    await().until(() -> live() == 0);
  }

  @Test
  void countsAreRightAgainWhenEveryPeerHasSaidWhatItHolds() {
    source.list("a:1", "b:1");
    String[] names = {"p1", "p2", "p3"};
    for (String name : names) {
      try (RawPeer peer = RawPeer.lease(port.address(), name)) {
        targetsOf(peer, 1, 10);
      }
    }
    assertThat(live()).isEqualTo(30);
    port.close();
    assertThat(live()).isZero();
    port = open(2);
    List<RawPeer> peers = Arrays.stream(names).map(n -> RawPeer.lease(port.address(), n)).toList();
    peers.forEach(peer -> peer.say("HOLD a:1 5", "HOLD gone:1 5"));
    await().until(() -> live() == 15);
    peers.forEach(RawPeer::close);
  }

  @Test
  void everyTokenThatWasGivenHasAnIdOfItsOwn() {
    source.list("a:1", "b:1");
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      port.close();
      port = open(2);
      try (RawPeer one = RawPeer.lease(port.address(), "p1");
          RawPeer two = RawPeer.lease(port.address(), "p2")) {
        for (RawPeer peer : List.of(one, two)) {
          peer.say("WANT 1 100");
          peer.lines(100).forEach(line -> ids.add(line.split(" ")[2]));
        }
      }
    }
    assertThat(ids).hasSize(1000);
  }
}
