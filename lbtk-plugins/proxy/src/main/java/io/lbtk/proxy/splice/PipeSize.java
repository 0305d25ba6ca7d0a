package io.lbtk.proxy.splice;

import io.netty.channel.unix.FileDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enlarges pipes beyond their default of 64 KiB, so that each splice call moves more. This needs a
 * JDK with the foreign function API (22 or newer) that grants this code access to it. The API is
 * looked up at run time, since lbtk is built for Java 17; without it pipes keep their size.
 *
 * <p>See F_SETPIPE_SZ in fcntl(2), and pipe-user-pages-soft in pipe(7): an unprivileged user has 64
 * MiB of pipe buffers, beyond which new pipes are small.
 */
public final class PipeSize {

  private static final Logger log = LoggerFactory.getLogger(PipeSize.class);
  private static final String FOREIGN = "java.lang.foreign.";
  private static final int F_SETPIPE_SZ = 1031;
  private static final int AS_THEY_COME = 64 * 1024;
  private static final int[] SIZES = {1024 * 1024, 256 * 1024};

  private final @Nullable MethodHandle fcntl;

  private PipeSize(@Nullable MethodHandle fcntl) {
    this.fcntl = fcntl;
  }

  /** Returns an instance that enlarges pipes if this JDK allows it. */
  public static PipeSize find() {
    try {
      boolean allowed = (Boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module());
      return new PipeSize(allowed ? fcntl() : null);
    } catch (ReflectiveOperationException | NoSuchElementException e) {
      log.debug("cannot enlarge pipes: {}", e.toString());
      return new PipeSize(null);
    }
  }

  private static Module module() {
    return PipeSize.class.getModule();
  }

  /**
   * Returns a handle for {@code int fcntl(int fd, int cmd, int arg)}, whose third argument is
   * variadic.
   */
  private static MethodHandle fcntl() throws ReflectiveOperationException {
    Class<?> linkerType = Class.forName(FOREIGN + "Linker");
    Class<?> layoutType = Class.forName(FOREIGN + "MemoryLayout");
    Class<?> descriptorType = Class.forName(FOREIGN + "FunctionDescriptor");
    Class<?> optionType = Class.forName(FOREIGN + "Linker$Option");
    Object linker = linkerType.getMethod("nativeLinker").invoke(null);
    Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
    Optional<?> symbol =
        (Optional<?>)
            Class.forName(FOREIGN + "SymbolLookup")
                .getMethod("find", String.class)
                .invoke(lookup, "fcntl");
    Object ints = Class.forName(FOREIGN + "ValueLayout").getField("JAVA_INT").get(null);
    Object descriptor =
        descriptorType
            .getMethod("of", layoutType, layoutType.arrayType())
            .invoke(null, ints, array(layoutType, ints, ints, ints));
    Object variadic = optionType.getMethod("firstVariadicArg", int.class).invoke(null, 2);
    return (MethodHandle)
        linkerType
            .getMethod(
                "downcallHandle",
                Class.forName(FOREIGN + "MemorySegment"),
                descriptorType,
                optionType.arrayType())
            .invoke(linker, symbol.orElseThrow(), descriptor, array(optionType, variadic));
  }

  private static Object array(Class<?> type, Object... elements) {
    Object array = Array.newInstance(type, elements.length);
    System.arraycopy(elements, 0, array, 0, elements.length);
    return array;
  }

  /**
   * Makes a pipe as large as the system allows.
   *
   * @return the capacity in bytes if each buffer of the pipe holds one page
   */
  int enlarge(FileDescriptor end) {
    if (fcntl == null) {
      return AS_THEY_COME;
    }
    try {
      for (int size : SIZES) {
        int now = (int) fcntl.invokeExact(end.intValue(), F_SETPIPE_SZ, size);
        if (now >= size) {
          return now;
        }
      }
      return AS_THEY_COME;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of fcntl", e);
    }
  }
}
