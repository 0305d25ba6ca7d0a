package io.lbtk.dns;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/** The questions of one look, which have to be answered within its time. */
final class Questions {

  private final NameServers servers;
  private final long begin = System.nanoTime();
  private final Duration timeout;

  Questions(NameServers servers, Duration timeout) {
    this.servers = servers;
    this.timeout = timeout;
  }

  /** A question that was asked. */
  final class Question {

    private final Name name;
    private final int type;
    private final CompletableFuture<Message> message;

    private Question(Name name, int type) {
      this.name = name;
      this.type = type;
      this.message = servers.ask(name, type);
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
            "%s %s: no answer from %s: %s"
                .formatted(
                    name,
                    Type.string(type),
                    servers,
                    cause.getMessage() == null ? cause : cause.getMessage()));
      }
    }
  }

  /** Asks, and does not wait. */
  Question ask(Name name, int type) {
    return new Question(name, type);
  }
}
