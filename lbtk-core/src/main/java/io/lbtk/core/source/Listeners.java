package io.lbtk.core.source;

import io.lbtk.api.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to be told of something, for sources that have something to tell. Thread-safe.
 *
 * @param <T> the news
 */
public final class Listeners<T> {

  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final List<Registration<T>> registrations = new CopyOnWriteArrayList<>();

  /** Nobody yet. */
  public Listeners() {}

  /** Adds one. The same listener may be added several times, and is told as often. */
  public Subscription add(Consumer<T> listener) {
    Registration<T> registration = new Registration<>(listener);
    registrations.add(registration);
    return () -> registrations.remove(registration);
  }

  /** Tells all of them, now. What one throws is logged and keeps nothing from the others. */
  public void tell(T news) {
    for (Registration<T> registration : registrations) {
      try {
        registration.listener.accept(news);
      } catch (Throwable e) {
        log.error("a listener of a token source failed, which it must not", e);
      }
    }
  }

  /** One registration, compared by identity. */
  private static final class Registration<T> {

    private final Consumer<T> listener;

    Registration(Consumer<T> listener) {
      this.listener = listener;
    }
  }
}
