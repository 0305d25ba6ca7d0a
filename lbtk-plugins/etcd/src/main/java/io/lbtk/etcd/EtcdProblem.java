package io.lbtk.etcd;

import io.grpc.Status;
import io.lbtk.api.PrintableText;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Classifies and describes the failures of calls. */
final class EtcdProblem {

  private static final int MAX_SHOWN = 300;

  /** The description by gRPC of any failed connection; the cause has the details. */
  private static final String GRPC_IO_FAILURE = "io exception";

  private EtcdProblem() {}

  /**
   * Describes the status of a call.
   *
   * @param timeout the timeout of the call
   */
  static String describe(Status status, Duration timeout) {
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
    if (message(status).equals("etcdserver: user name is empty")) {
      return "user and password required";
    }
    return message(status);
  }

  private static String message(Status status) {
    // Further lines have internals of gRPC.
    String description =
        Objects.requireNonNullElse(status.getDescription(), "").lines().findFirst().orElse("");
    if (!description.isEmpty() && !description.equals(GRPC_IO_FAILURE)) {
      return PrintableText.of(description, MAX_SHOWN);
    }
    Throwable cause = status.getCause();
    return cause == null ? status.getCode().toString() : shown(root(cause));
  }

  /** Returns whether the token of the user is no longer valid. */
  static boolean isInvalidToken(Status status) {
    String message = message(status);
    return message.equals("etcdserver: invalid auth token")
        || message.equals("etcdserver: revision of auth store is old");
  }

  /** Returns whether the server has authentication disabled. */
  static boolean isAuthDisabled(Status status) {
    return message(status).equals("etcdserver: authentication is not enabled");
  }

  /** Returns whether the call was refused for good, so that a retry is useless. */
  static boolean isRefused(Status status) {
    return switch (status.getCode()) {
      case PERMISSION_DENIED, UNAUTHENTICATED, UNIMPLEMENTED -> true;
      // The end of a watch, as opposed to that of its call, has no status code.
      default -> message(status).equals("etcdserver: permission denied");
    };
  }

  /** Returns whether the server does not know the lease. */
  static boolean isUnknownLease(Status status) {
    return status.getCode() == Status.Code.NOT_FOUND;
  }

  /** Returns whether the answer exceeded the size limit. */
  static boolean isTooLarge(Status status) {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED
        && message(status).contains("message exceeds maximum size");
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
    return PrintableText.of(message == null ? cause.toString() : message, MAX_SHOWN);
  }
}
