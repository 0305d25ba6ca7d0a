package io.lbtk.dns;

import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * The questions of one look, which have to be answered within its time. Not all are asked at once:
 * of a thousand datagrams in one burst, some find the buffers full, and are lost. Their turn comes
 * in the order of asking, in which their answers have to be waited for, too.
 */
final class Questions implements AutoCloseable {

  private static final int MOST_AT_ONCE = 64;

  private final NameServers servers;
  private final Queue<Question> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);
  private final long begin = System.nanoTime();
  private final Duration timeout;

  Questions(NameServers servers, Duration timeout) {
    this.servers = servers;
    this.timeout = timeout;
  }

  /** A question that is asked when its turn comes. */
  final class Question {

    private final Name name;
    private final int type;
    private final CompletableFuture<Message> message = new CompletableFuture<>();

    private Question(Name name, int type) {
      this.name = name;
      this.type = type;
    }

    private void send() {
      servers
          .ask(name, type)
          .whenComplete(
              (answer, problem) -> {
                if (problem == null) {
                  message.complete(answer);
                  free.release();
                  sendWaiting();
                } else {
                  // The look has failed with it: those after it need not be asked any more.
                  message.completeExceptionally(problem);
                }
              });
    }

    /**
     * Waits for the answer.
     *
     * @throws LookupException if it is an error, or does not come in time
     */
    Answer answer() throws LookupException, InterruptedException {
      long left = timeout.toNanos() - (System.nanoTime() - begin);
      try {
        return Answer.of(message.get(Math.max(0, left), TimeUnit.NANOSECONDS), name, type);
      } catch (TimeoutException e) {
        throw new LookupException(
            "%s %s: no answer within %d ms from %s (timeout)"
                .formatted(name, Type.string(type), timeout.toMillis(), servers));
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new LookupException(
            "%s %s: no answer from %s: %s".formatted(name, Type.string(type), servers, why(cause)));
      }
    }
  }

  private static String why(Throwable cause) {
    if (cause instanceof PortUnreachableException) {
      return "nobody answers at its port";
    }
    return String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
  }

  /** Asks, at once or when others have been answered, and does not wait. */
  Question ask(Name name, int type) {
    Question question = new Question(name, type);
    waiting.add(question);
    sendWaiting();
    return question;
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && free.tryAcquire()) {
      Question first = waiting.poll();
      if (first == null) {
        // Another thread has sent it meanwhile.
        free.release();
      } else {
        first.send();
      }
    }
  }

  /** Those whose turn has not come are not asked any more. */
  @Override
  public void close() {
    waiting.clear();
  }
}
