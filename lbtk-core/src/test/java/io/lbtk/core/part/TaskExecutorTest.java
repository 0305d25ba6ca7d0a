package io.lbtk.core.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a task throws is in the log, with the name of the part, and the next task runs. */
class TaskExecutorTest {

  private final LogLines log = new LogLines("io.lbtk.core.part");

  @AfterEach
  void close() {
    log.close();
  }

  private static void fail() {
    throw new NoClassDefFoundError("thrown by the test");
  }

  @Test
  void aTaskOfAPartThatThrowsIsLoggedWithThePartsName() {
    ManualClock clock = new ManualClock();
    TaskExecutor thread = new TaskExecutor("refresher.x", clock);
    List<String> ran = new ArrayList<>();
    thread.execute(TaskExecutorTest::fail);
    var unused = thread.schedule(() -> ran.add("next"), Duration.ofSeconds(1));

    clock.advance(Duration.ofSeconds(1));

    assertThat(ran).containsExactly("next");
    assertThat(log.lines())
        .containsExactly("ERROR refresher.x: a task failed unexpectedly; the part goes on");
  }

  @Test
  void whatATaskOnTheExecutorOfAPartThrowsIsLogged() {
    ScheduledExecutorService executor = SerialExecutors.named("refresher.x");
    executor.execute(TaskExecutorTest::fail);
    Future<?> submitted = executor.submit(TaskExecutorTest::fail);
    Future<?> scheduled = executor.schedule(TaskExecutorTest::fail, 1, TimeUnit.MILLISECONDS);
    Future<?> periodic =
        executor.scheduleAtFixedRate(TaskExecutorTest::fail, 1, 1, TimeUnit.MILLISECONDS);
    await().until(() -> submitted.isDone() && scheduled.isDone() && periodic.isDone());
    CompletableFuture<String> next = CompletableFuture.supplyAsync(() -> "next", executor);

    assertThat(next.join()).isEqualTo("next");
    assertThat(log.lines())
        .containsExactlyInAnyOrder(
            "ERROR refresher.x: a task failed",
            "ERROR refresher.x: a task failed",
            "ERROR refresher.x: a task failed",
            "ERROR refresher.x: a periodic task failed, and is not run again");
    executor.shutdownNow();
  }

  @Test
  void aTaskThatIsCancelledIsNotLogged() {
    ScheduledExecutorService executor = SerialExecutors.named("refresher.x");
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Future<?> running =
        executor.submit(
            () -> {
              begun.complete(null);
              new CompletableFuture<Void>().get(1, TimeUnit.MINUTES);
              return null;
            });
    begun.join();

    running.cancel(true);
    CompletableFuture.runAsync(() -> {}, executor).join();

    assertThat(log.lines()).isEmpty();
    executor.shutdownNow();
  }
}
