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
 * The queries of one lookup, which share one deadline. The number of concurrent queries is limited,
 * because in a burst of a thousand datagrams some are lost to full buffers. Queries are sent in the
 * order of {@link #ask}, and their answers have to be awaited in the same order.
 */
final class Queries implements AutoCloseable {

  private static final int MAX_CONCURRENT = 64;

  private final NameServers servers;
  private final Queue<Query> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore free = new Semaphore(MAX_CONCURRENT);
  private final long begin = System.nanoTime();
  private final Duration timeout;

  Queries(NameServers servers, Duration timeout) {
    this.servers = servers;
    this.timeout = timeout;
  }

  /** A query, sent as soon as the limit allows it. */
  final class Query {

    private final Name name;
    private final int type;
    private final CompletableFuture<Message> message = new CompletableFuture<>();

    private Query(Name name, int type) {
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
                  // This fails the whole lookup; the remaining queries need not be sent.
                  message.completeExceptionally(problem);
                }
              });
    }

    /**
     * Waits for the answer.
     *
     * @throws LookupException if it is an error or does not come in time
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
      return "nothing listens on its port";
    }
    return String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
  }

  /** Enqueues a query, which is sent now or as soon as others are answered; does not block. */
  Query ask(Name name, int type) {
    Query query = new Query(name, type);
    waiting.add(query);
    sendWaiting();
    return query;
  }

  private void sendWaiting() {
    while (!waiting.isEmpty() && free.tryAcquire()) {
      Query first = waiting.poll();
      if (first == null) {
        // Another thread has sent it in the meantime.
        free.release();
      } else {
        first.send();
      }
    }
  }

  /** Discards the queries that have not been sent. */
  @Override
  public void close() {
    waiting.clear();
  }
}
