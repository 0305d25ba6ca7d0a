package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Refresher;
import io.lbtk.api.Target;
import io.lbtk.testkit.servers.DirectoryServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of every refresher of a directory for failures of its server or network: valid
 * targets stay, a set is not falsely reported as empty, and changes made meanwhile are seen
 * afterwards. Run against the real server.
 */
public abstract class DirectoryContract extends RefresherContract {

  private static final Target A = Target.of("10.0.0.1", 8001);
  private static final Target B = Target.of("10.0.0.2", 8002);
  private static final Target C = Target.of("10.0.0.3", 8003);

  private Forwarder forwarder;

  /** Creates the contract. */
  protected DirectoryContract() {}

  /**
   * Returns the server, which may be shared by all tests of the class, each with a separate place
   * in it.
   */
  protected abstract DirectoryServer server();

  /**
   * Creates a refresher of the targets written by {@link #write}, without starting it.
   *
   * @param server the address of the server, which may be that of a forwarder
   */
  protected abstract Refresher newRefresher(InetSocketAddress server) throws Exception;

  /** Replaces the targets in the directory by these, in one step. */
  protected abstract void write(List<Target> targets) throws Exception;

  /** Adds an entry to the directory that is not a valid target. */
  protected abstract void writeGarbage() throws Exception;

  /** Returns the length of an outage of the server; 10 seconds by default. */
  protected Duration outage() {
    return Duration.ofSeconds(10);
  }

  @Override
  protected Duration timeout() {
    return Duration.ofSeconds(60);
  }

  @BeforeEach
  final void openForwarder() {
    forwarder = new Forwarder(server().address());
  }

  @AfterEach
  final void closeForwarder() {
    forwarder.close();
    server().start();
  }

  @Override
  protected final Refresher newRefresher() throws Exception {
    return newRefresher(forwarder.address());
  }

  @Override
  protected final void setSource(List<Target> targets) throws Exception {
    write(targets);
    forwarder.heal();
  }

  @Override
  protected final void breakSource() {
    forwarder.cut();
  }

  @Test
  final void anEntryThatIsNoTargetIsSkipped() throws Exception {
    RecordingListener listener = started(A, B);

    writeGarbage();
    setSource(List.of(A, B, C));
    writeGarbage();

    awaitTargets(listener, A, B, C);
  }

  @Test
  final void aServerThatWasStoppedLosesNoTarget() throws Exception {
    RecordingListener listener = started(A, B);

    server().stop();
    awaitFailure(listener);
    pass(outage());
    assertThat(listener.targets()).containsExactlyInAnyOrder(A, B);
    server().start();
    setSource(List.of(A, C));

    awaitTargets(listener, A, C);
    assertNeverEmpty(listener);
  }

  @Test
  final void aServerThatWasKilledLosesNoTarget() throws Exception {
    RecordingListener listener = started(A, B);

    server().kill();
    awaitFailure(listener);
    server().start();
    setSource(List.of(B, C));

    awaitTargets(listener, B, C);
    assertNeverEmpty(listener);
  }

  @Test
  final void aServerThatIsNotThereAtTheStartIsFoundLater() throws Exception {
    write(List.of(A, B));
    server().stop();
    RecordingListener listener = start();

    awaitFailure(listener);
    server().start();

    awaitTargets(listener, A, B);
    assertNeverEmpty(listener);
  }

  @Test
  final void whatChangesWhileTheConnectionIsCutIsSeenAfterwards() throws Exception {
    RecordingListener listener = started(A, B);

    forwarder.cut();
    awaitFailure(listener);
    write(List.of(A.withWeight(supports(Feature.WEIGHTS) ? 7 : 1), C));
    forwarder.heal();

    awaitTargets(listener, A.withWeight(supports(Feature.WEIGHTS) ? 7 : 1), C);
    assertNeverEmpty(listener);
  }

  @Test
  final void whatIsDeletedAndMadeAgainWhileTheConnectionIsCutIsSeenAfterwards() throws Exception {
    RecordingListener listener = started(A, B);

    forwarder.cut();
    awaitFailure(listener);
    write(List.of());
    write(List.of(B, C));
    forwarder.heal();

    awaitTargets(listener, B, C);
    assertNeverEmpty(listener);
  }

  @Test
  final void whatChangesWhileTheNetworkLosesAllIsSeenAfterwards() throws Exception {
    RecordingListener listener = started(A, B);

    forwarder.stall();
    write(List.of(A, C));
    pass(Duration.ofSeconds(1));
    assertThat(listener.targets()).containsExactlyInAnyOrder(A, B);
    forwarder.heal();

    awaitTargets(listener, A, C);
    assertNeverEmpty(listener);
  }

  private static void assertNeverEmpty(RecordingListener listener) {
    assertThat(states(listener)).as("sets").doesNotContain(List.of());
  }
}
