package io.lbtk.etcd;

import io.grpc.Status;
import io.lbtk.discovery.Printable;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a call was not answered as it should. */
final class EtcdProblem {

  private static final int MAX_SHOWN = 300;

  /** What gRPC says of every failure of a connection; the cause says which. */
  private static final String GRPC_OF_ANY_IO = "io exception";

  private EtcdProblem() {}

  /**
   * The status of a call, in words for people.
   *
   * @param timeout of the call
   */
  static String words(Status status, Duration timeout) {
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return "no answer within %d ms (timeout)".formatted(timeout.toMillis());
    }
    if (find(status.getCause(), ConnectException.class) != null) {
      return "it cannot be connected to";
    }
    Throwable insecure = find(status.getCause(), SSLException.class);
    if (insecure != null) {
      return "no TLS with it: " + shown(root(insecure));
    }
    if (said(status).equals("etcdserver: user name is empty")) {
      return "it wants a user and a password";
    }
    return said(status);
  }

  private static String said(Status status) {
    // In further lines it tells of its own insides.
    String description =
        Objects.requireNonNullElse(status.getDescription(), "").lines().findFirst().orElse("");
    if (!description.isEmpty() && !description.equals(GRPC_OF_ANY_IO)) {
      return Printable.line(description, MAX_SHOWN);
    }
    Throwable cause = status.getCause();
    return cause == null ? status.getCode().toString() : shown(root(cause));
  }

  /** Whether a call failed since what it shows of the user is not valid any more. */
  static boolean isOfToken(Status status) {
    String said = said(status);
    return said.equals("etcdserver: invalid auth token")
        || said.equals("etcdserver: revision of auth store is old");
  }

  /** Whether a user was named to a server that knows none. */
  static boolean isOfNeedlessUser(Status status) {
    return said(status).equals("etcdserver: authentication is not enabled");
  }

  /** Whether it was refused for good: asking again, in the same way, is of no use. */
  static boolean isOfRefusal(Status status) {
    return switch (status.getCode()) {
      case PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED -> true;
      // What ends a watch alone, rather than its call, comes without a code.
      default -> said(status).equals("etcdserver: permission denied");
    };
  }

  /** Whether the server does not know a lease, any more or yet. */
  static boolean isOfLostLease(Status status) {
    return status.getCode() == Status.Code.NOT_FOUND;
  }

  /** Whether an answer was longer than any may be. */
  static boolean isOfSize(Status status) {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && said(status).contains("message exceeds maximum size");
  }

  private static <T extends Throwable> @Nullable T find(@Nullable Throwable from, Class<T> type) {
    for (Throwable here = from; here != null; here = here.getCause()) {
      if (type.isInstance(here)) {
        return type.cast(here);
      }
    }
    return null;
  }

  private static Throwable root(Throwable from) {
    Throwable here = from;
    while (here.getCause() != null) {
      here = here.getCause();
    }
    return here;
  }

  private static String shown(Throwable cause) {
    String message = cause.getMessage();
    return Printable.line(message == null ? cause.toString() : message, MAX_SHOWN);
  }
}
