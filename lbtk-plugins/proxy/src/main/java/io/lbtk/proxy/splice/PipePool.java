package io.lbtk.proxy.splice;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipes of one loop. A direction holds a pipe only while there is data in it, so a loop needs
 * few unless many of its peers read slowly. Opening one for each turn would cost more than splicing
 * saves.
 */
public final class PipePool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PipePool.class);

  /**
   * Most pipes of a loop. Each takes two file descriptors, which connections need more; without a
   * pipe all data is copied.
   */
  private static final int MOST = 64;

  private final PipeSize size;
  private final Deque<Pipe> idle = new ArrayDeque<>();
  private int open;
  private boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param size sets the size of new pipes
   */
  public PipePool(PipeSize size) {
    this.size = size;
  }

  /**
   * Takes an empty pipe, to be given back. Returns null if all are in use or the system has no file
   * descriptors left.
   */
  public @Nullable Pipe take() {
    Pipe pipe = idle.pollLast();
    if (pipe != null) {
      return pipe;
    }
    if (open == MOST) {
      return null;
    }
    try {
      Pipe opened = Pipe.open(size);
      open++;
      return opened;
    } catch (IOException e) {
      log.debug("cannot open a pipe for splicing: {}", e.toString());
      return null;
    }
  }

  /** Gives a pipe back. A pipe that is not empty is closed, with its content. */
  public void give(Pipe pipe) {
    if (pipe.filled() == 0 && !closed) {
      idle.addLast(pipe);
    } else {
      pipe.close();
      open--;
    }
  }

  @Override
  public void close() {
    closed = true;
    idle.forEach(Pipe::close);
    idle.clear();
  }
}
