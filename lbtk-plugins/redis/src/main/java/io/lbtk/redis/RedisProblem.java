package io.lbtk.redis;

import io.lbtk.api.PrintableText;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Describes the failures of Lettuce and Redis. */
final class RedisProblem {

  private static final int MAX_SHOWN = 300;

  private RedisProblem() {}

  /** Describes a failure in one line, without the server and the key. */
  static String describe(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null
        && (cause instanceof RedisConnectionException
            || cause.getMessage() == null
            || cause.getMessage().equals(cause.getCause().toString()))) {
      cause = cause.getCause();
    }
    return PrintableText.of(words(cause), MAX_SHOWN);
  }

  private static String words(Throwable cause) {
    if (cause instanceof RedisCommandTimeoutException) {
      return "no answer in time (timeout): " + cause.getMessage();
    }
    if (cause instanceof ConnectException) {
      return "it cannot be connected to";
    }
    if (cause instanceof UnknownHostException) {
      return "unknown host";
    }
    if (cause instanceof SSLException) {
      return "no TLS with it: " + cause.getMessage();
    }
    if (cause instanceof ClosedChannelException) {
      return "the connection was closed";
    }
    return answered(cause.getMessage(), cause);
  }

  /** Describes an error of the server, which begins with a code in capitals. */
  private static String answered(@Nullable String message, Throwable cause) {
    if (message == null) {
      return cause.toString();
    }
    String code = message.split(" ", 2)[0];
    return switch (code) {
      case "NOAUTH" -> "password required, but none is configured (%s)".formatted(message);
      case "WRONGPASS" -> "user or password rejected (%s)".formatted(message);
      case "NOPERM" -> "user not permitted (%s)".formatted(message);
      case "WRONGTYPE" -> "the type of the key does not match the format (%s)".formatted(message);
      case "LOADING" -> "the server is still loading its data (%s)".formatted(message);
      case "MOVED" ->
          "clusters are not supported: another node has the key (%s)".formatted(message);
      default -> message;
    };
  }
}
