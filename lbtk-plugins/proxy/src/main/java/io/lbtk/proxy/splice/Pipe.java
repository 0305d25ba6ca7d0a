package io.lbtk.proxy.splice;

import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipe of the kernel, which what is spliced goes through. Used by one loop. */
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
   * An empty pipe.
   *
   * @param size how large it is made
   * @throws IOException if the system has no file descriptors left
   */
  static Pipe open(PipeSize size) throws IOException {
    FileDescriptor[] ends = FileDescriptor.pipe();
    return new Pipe(ends[0], ends[1], size.enlarge(ends[1]));
  }

  /** Bytes in it. */
  public int filled() {
    return filled;
  }

  /**
   * Fills it from a socket.
   *
   * <p>The kernel moves no more at a time than there would be room for if each free buffer of the
   * pipe took one page, though it takes up to 32 KiB of what a socket has received. So a pipe that
   * is full by that measure is filled once more, where more is asked for, and what comes of it
   * leaves in one move. To go on until no buffer is free costs more than it saves (see
   * docs/benchmarks.md, and {@code splice_file_to_pipe} in fs/splice.c of Linux).
   *
   * @return how many bytes came; 0 if there are none for now, or if the input has ended
   * @throws IOException if the connection is broken; what came before that is {@link #filled} in
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
   * Empties it into a socket.
   *
   * @return how many bytes went; 0 if the socket takes none for now
   * @throws IOException if the connection is broken
   */
  public int drainTo(FileDescriptor socket) throws IOException {
    int moved = Native.splice(readEnd.intValue(), -1, socket.intValue(), -1, filled);
    filled -= moved;
    return moved;
  }

  /** Gives its file descriptors back. */
  void close() {
    close(readEnd);
    close(writeEnd);
  }

  private static void close(FileDescriptor end) {
    try {
      end.close();
    } catch (IOException e) {
      log.debug("a pipe did not close well: {}", e.toString());
    }
  }
}
