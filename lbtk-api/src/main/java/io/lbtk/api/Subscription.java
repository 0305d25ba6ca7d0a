package io.lbtk.api;

/** The registration of a listener. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  /** Removes the listener; a call in progress is completed. A second call does nothing. */
  @Override
  void close();
}
