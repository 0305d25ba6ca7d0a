package io.lbtk.core.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SynchronizationContextTest {

  private final SynchronizationContext serial = new SynchronizationContext("test");

  @Test
  void aTaskIsOverWhenTheCallReturns() {
    List<String> done = new ArrayList<>();
    serial.execute(() -> done.add("task"));
    assertThat(done).containsExactly("task");
  }

  @Test
  void aTaskThatComesOutOfATaskRunsAfterIt() {
    List<String> done = new ArrayList<>();
    serial.execute(
        () -> {
          serial.execute(() -> done.add("inner"));
          done.add("outer");
        });
    assertThat(done).containsExactly("outer", "inner");
  }

  @Test
  void aChainOfTasksNeedsNoStack() {
    List<Integer> done = new ArrayList<>();
    serial.execute(new Countdown(100_000, done));
    assertThat(done).hasSize(100_001);
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheOthers() {
    List<String> done = new ArrayList<>();
    serial.execute(
        () -> {
          throw new IllegalStateException("thrown by the test");
        });
    serial.execute(() -> done.add("next"));
    assertThat(done).containsExactly("next");
  }

  @Test
  void aTaskThatThrowsAnErrorDoesNotStopTheOthers() {
    List<String> done = new ArrayList<>();
    try {
      serial.execute(
          () -> {
            serial.execute(() -> done.add("waited"));
            throw new StackOverflowError("thrown by the test");
          });
    } catch (StackOverflowError e) {
      done.add("escaped");
    }
    serial.execute(() -> done.add("next"));
    assertThat(done).containsExactly("waited", "next");
  }

  @Test
  void tasksOfManyThreadsNeverOverlapAndKeepTheirOrder() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    int[] last = new int[threads];
    List<String> wrong = new ArrayList<>();
    int[] ran = new int[1];
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      Thread one =
          new Thread(
              () -> {
                awaitQuietly(start);
                for (int i = 1; i <= each; i++) {
                  int number = i;
                  serial.execute(
                      () -> {
                        ran[0]++;
                        if (last[thread] != number - 1) {
                          wrong.add(thread + ": " + number + " after " + last[thread]);
                        }
                        last[thread] = number;
                      });
                }
              });
      one.start();
      all.add(one);
    }
    start.countDown();
    for (Thread one : all) {
      one.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(ran[0]).isEqualTo(threads * each);
  }

  @Test
  void aTaskForLaterRunsAtTheNextDrain() {
    List<String> done = new ArrayList<>();
    serial.executeLater(() -> done.add("later"));
    assertThat(done).isEmpty();

    serial.drain();
    assertThat(done).containsExactly("later");
  }

  @Test
  void aTaskForLaterRunsBeforeOneThatIsExecutedAfterIt() {
    List<String> done = new ArrayList<>();
    serial.executeLater(() -> done.add("later"));
    serial.execute(() -> done.add("executed"));
    assertThat(done).containsExactly("later", "executed");
  }

  @Test
  void tasksThatManyThreadsAddUnderALockAllRunInTheOrderOfTheLock() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    Object lock = new Object();
    int[] added = new int[1];
    List<Integer> ran = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread one =
          new Thread(
              () -> {
                awaitQuietly(start);
                for (int i = 0; i < each; i++) {
                  synchronized (lock) {
                    int number = added[0]++;
                    serial.executeLater(() -> ran.add(number));
                  }
                  serial.drain();
                }
              });
      one.start();
      all.add(one);
    }
    start.countDown();
    for (Thread one : all) {
      one.join();
    }
    assertThat(ran).hasSize(threads * each).isSorted();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Countdown implements Runnable {

    private final int left;
    private final List<Integer> done;

    Countdown(int left, List<Integer> done) {
      this.left = left;
      this.done = done;
    }

    @Override
    public void run() {
      done.add(left);
      if (left > 0) {
        serial.execute(new Countdown(left - 1, done));
      }
    }
  }
}
