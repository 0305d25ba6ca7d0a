package io.lbtk.proxy.limits;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The limit on open files of this process, which includes its sockets. */
public final class OpenFiles {

  private static final Path LIMITS = Path.of("/proc/self/limits");

  /** File descriptors kept for other uses: jars, the log, token ports, listening sockets, pipes. */
  private static final long RESERVED = 128;

  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /** Returns the limit; -1 if there is none or it is unknown. */
  public static long limit() {
    try {
      // Linux: reading this file is much faster than loading the management beans.
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith(LINE)) {
          String soft = line.substring(LINE.length()).strip().split("\\s+", 2)[0];
          return soft.equals("unlimited") ? -1 : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Another system, or an unexpected format of the file.
    }
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }

  /**
   * Returns the share of one of several proxies in the limit; -1 if there is none or it is unknown.
   *
   * @param proxies the number of proxies that share the limit
   */
  public static long limitOfOneOf(int proxies) {
    long limit = limit();
    return limit < 0 ? limit : limit / Math.max(1, proxies);
  }

  /**
   * Returns the number of clients that a limit allows, 1 or more.
   *
   * @param openFiles the limit of the process; negative for none
   * @param each the number of files per client
   */
  public static int roomFor(long openFiles, int each) {
    if (openFiles < 0) {
      return Integer.MAX_VALUE;
    }
    long reserved = Math.min(RESERVED, openFiles / 2);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (openFiles - reserved) / each));
  }
}
