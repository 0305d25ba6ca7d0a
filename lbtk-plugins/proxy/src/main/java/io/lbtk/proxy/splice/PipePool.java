package io.lbtk.proxy.splice;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipes of one loop. A direction holds one while bytes of it are in there, so a loop needs few,
 * unless very many of its peers read slowly; to make one for each turn would cost more than what
 * splicing saves.
 */
public final class PipePool implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PipePool.class);

  /** Each holds two file descriptors, which connections need more; without one, all is copied. */
  private static final int MOST = 64;

  private final PipeSize size;
  private final Deque<Pipe> idle = new ArrayDeque<>();
  private int open;
  private boolean closed;

  /** Without a pipe yet; those that it makes are as large as this makes them. */
  public PipePool(PipeSize size) {
    this.size = size;
  }

  /**
   * An empty pipe, to be given back; null while all are taken, or if the system has no file
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
      log.debug("no pipe to splice through: {}", e.toString());
      return null;
    }
  }

  /** Takes a pipe back; one that is not empty is closed, with what is in it. */
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
