package io.lbtk.api;

/** What ends a listener's registration. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  /** The listener is not called any more, but for calls under way. A second call does nothing. */
  @Override
  void close();
}
