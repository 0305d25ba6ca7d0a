package io.lbtk.proxy.splice;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A kernel pipe through which data is spliced. Confined to one loop. */
public final class Pipe {

  private static final Logger log = LoggerFactory.getLogger(Pipe.class);

  private final FileDescriptor readEnd;
  private final FileDescriptor writeEnd;
  private final int size;
  private int filled;

  private Pipe(FileDescriptor readEnd, FileDescriptor writeEnd, int size) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.size = size;
  }

  /**
   * Opens an empty pipe.
   *
   * @param size sets its size
   * @throws IOException if the system has no file descriptors left
   */
  static Pipe open(PipeSize size) throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    return new Pipe(ends[0], ends[1], size.enlarge(ends[1]));
  }

  /** Returns the number of bytes in the pipe. */
  public int filled() {
    return filled;
  }

  /**
   * Fills the pipe from a socket.
   *
   * <p>One call moves at most as much as the free buffers of the pipe hold at one page each,
   * although a buffer takes up to 32 KiB of received data. So a pipe that is full by that measure
   * is filled once more if more is wanted, and drained in one call. Filling until no buffer is free
   * costs more than it saves (see docs/benchmarks.md, and {@code splice_file_to_pipe} in
   * fs/splice.c of Linux).
   *
   * @return the number of bytes moved; 0 if there are none for now, or if the input has ended
   * @throws IOException if the connection is broken; the data before that is in the pipe
   */
  public int fillFrom(FileDescriptor socket, int most) throws IOException {
    int moved = take(socket, most);
    return moved == size && moved < most ? moved + take(socket, most - moved) : moved;
  }

  private int take(FileDescriptor socket, int most) throws IOException {
    int moved = Native.splice(socket.intValue(), -1, writeEnd.intValue(), -1, most);
    filled += moved;
    return moved;
  }

  /**
   * Drains the pipe into a socket.
   *
   * @return the number of bytes moved; 0 if the socket accepts none for now
   * @throws IOException if the connection is broken
   */
  public int drainTo(FileDescriptor socket) throws IOException {
    int moved = Native.splice(readEnd.intValue(), -1, socket.intValue(), -1, filled);
    filled -= moved;
    return moved;
  }

  /** Closes both ends. */
  void close() {
    close(readEnd);
    close(writeEnd);
  }

  private static void close(FileDescriptor end) {
    try {
      end.close();
    } catch (IOException e) {
      log.debug("failed to close pipe: {}", e.toString());
    }
  }
}
