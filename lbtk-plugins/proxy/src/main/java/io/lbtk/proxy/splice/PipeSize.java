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
 * Makes pipes larger than the 64 KiB that they have by default: each call of splice moves more
 * then. It takes a JDK with the foreign function API (22 or newer) that lets this code use it; that
 * is looked up at run time, since lbtk is built for 17. Elsewhere pipes stay as they are.
 *
 * <p>See F_SETPIPE_SZ in fcntl(2), and pipe-user-pages-soft in pipe(7): without privileges a user
 * has 64 MiB of pipes, and then new ones can only be small.
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

  /** As far as it is possible here. */
  public static PipeSize find() {
    try {
      boolean allowed = (Boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module());
      return new PipeSize(allowed ? fcntl() : null);
    } catch (ReflectiveOperationException | NoSuchElementException e) {
      log.debug("pipes keep their size: {}", e.toString());
      return new PipeSize(null);
    }
  }

  private static Module module() {
    return PipeSize.class.getModule();
  }

  /** {@code int fcntl(int fd, int cmd, int arg)}, whose third argument is variadic. */
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
   * @return the bytes that it has room for, if each of its buffers holds a page
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
      throw new IllegalStateException("fcntl throws nothing", e);
    }
  }
}
