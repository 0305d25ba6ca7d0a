package io.lbtk.benchmarks.stalls;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread that does the same again and again until it is ended. One, so that the loops that are
 * measured have a processor.
 */
final class Troublemaker implements Closeable {

  private final Thread thread = new Thread(this::repeat);
  private final List<Closeable> open = new ArrayList<>();
  private Doing doing = () -> {};
  private volatile boolean closed;

  /** What it does. */
  interface Doing {

    /** Does it once. */
    void run() throws IOException, InterruptedException;
  }

  /** This is closed when it ends. */
  <T extends Closeable> T closeWithThis(T one) {
    open.add(one);
    return one;
  }

  /** Begins to do that. */
  void begin(Doing whatToDo) {
    doing = whatToDo;
    thread.start();
  }

  private void repeat() {
    try {
      while (!closed) {
        doing.run();
      }
    } catch (IOException e) {
      if (!closed) {
        throw new UncheckedIOException(e);
      }
    } catch (InterruptedException e) {
      // It is over.
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Closeable one : open) {
      one.close();
    }
  }
}
