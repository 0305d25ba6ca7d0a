package io.lbtk.core.source;

import io.lbtk.api.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Those who want to be told. Thread-safe. */
final class Listeners<T> {

  private final List<Registration<T>> registrations = new CopyOnWriteArrayList<>();

  Subscription add(Consumer<T> listener) {
    Registration<T> registration = new Registration<>(listener);
    registrations.add(registration);
    return () -> registrations.remove(registration);
  }

  void tell(T news) {
    registrations.forEach(registration -> registration.listener.accept(news));
  }

  /** One registration: the same listener may have several. */
  private static final class Registration<T> {

    private final Consumer<T> listener;

    Registration(Consumer<T> listener) {
      this.listener = listener;
    }
  }
}
