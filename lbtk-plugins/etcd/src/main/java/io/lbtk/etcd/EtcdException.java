package io.lbtk.etcd;

import org.jspecify.annotations.Nullable;

/** Thrown if a call of etcd fails; the message names the server and the reason. */
final class EtcdException extends Exception {

  private static final long serialVersionUID = 1L;

  EtcdException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
