package io.lbtk.proxy.limits;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process may have open, its sockets among them. */
public final class OpenFiles {

  private static final Path LIMITS = Path.of("/proc/self/limits");

  /** What the process needs besides: its jars, its log, token ports, listening sockets, pipes. */
  private static final long RESERVED = 128;

  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /** The limit; -1 where the system has none, or does not say. */
  public static long limit() {
    try {
      // Linux says it here; to load the beans takes much longer.
      for (String line : Files.readAllLines(LIMITS)) {
        if (line.startsWith(LINE)) {
          String soft = line.substring(LINE.length()).strip().split("\\s+", 2)[0];
          return soft.equals("unlimited") ? -1 : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Another system, or another form of that file: the beans know it, too.
    }
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }

  /**
   * The part of the limit of one of several proxies; -1 where the system has none, or does not say.
   *
   * @param proxies that share it
   */
  public static long limitOfOneOf(int proxies) {
    long limit = limit();
    return limit < 0 ? limit : limit / Math.max(1, proxies);
  }

  /**
   * How many clients a limit has room for; 1 at the least.
   *
   * @param openFiles of the process; negative where there is no limit
   * @param each how many files a client takes
   */
  public static int roomFor(long openFiles, int each) {
    if (openFiles < 0) {
      return Integer.MAX_VALUE;
    }
    long reserved = Math.min(RESERVED, openFiles / 2);
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (openFiles - reserved) / each));
  }
}
