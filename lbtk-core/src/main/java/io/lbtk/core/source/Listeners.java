package io.lbtk.core.source;

import io.lbtk.api.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A list of listeners to one kind of event. Thread-safe.
 *
 * @param <T> the event
 */
public final class Listeners<T> {

  private static final Logger log = LoggerFactory.getLogger(Listeners.class);

  private final List<Registration<T>> registrations = new CopyOnWriteArrayList<>();

  /** Creates an empty list. */
  public Listeners() {}

  /** Adds a listener. The same listener may be added several times, and is then called as often. */
  public Subscription add(Consumer<T> listener) {
    Registration<T> registration = new Registration<>(listener);
    registrations.add(registration);
    return () -> registrations.remove(registration);
  }

  /** Calls all listeners. If one throws, that is logged, and the others are still called. */
  public void tell(T news) {
    for (Registration<T> registration : registrations) {
      try {
        registration.listener.accept(news);
      } catch (Throwable e) {
        log.error("listener threw an exception", e);
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
