package io.lbtk.standard.refresh;

import io.lbtk.api.Refresh;
import io.lbtk.api.Refresher;
import io.lbtk.api.Ticker;
import io.lbtk.core.refresh.Repeats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file when it has changed and is stable: a writer may be in the middle of it, or about to
 * replace it. Not thread-safe.
 */
final class FileSource {

  /** Time without a change after which a file is stable. */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** Time without a change after which a replaced file is stable; it was mostly written before. */
  private static final Duration QUIET_ANOTHER = Duration.ofMillis(20);

  /** Time after which a file that keeps changing is read, if it can be read whole. */
  private static final Duration RESTLESS = Duration.ofSeconds(1);

  /** Time for which a file that looks incomplete, has become shorter or vanished may recover. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration RETRY = Duration.ofMillis(250);

  /** Time without a complete read after which a failure is reported. */
  private static final Duration NEVER_WHOLE = Duration.ofSeconds(10);

  /** Age from which a file is taken to have no writer. */
  private static final long OLD_MILLIS = 2000;

  private final Path path;
  private final ListReader reader;
  private final long maxSize;
  private final Duration interval;
  private final Ticker ticker;
  private final Repeats repeats = new Repeats(Refresher.Mode.POLLED);

  private @Nullable FileStamp taken;
  private long takenAt;
  private @Nullable FileStamp seen;
  private long seenAt;
  private boolean changing;
  private long changingSince;
  private boolean missing;
  private long missingSince;

  FileSource(Path path, ListReader reader, long maxSize, Duration interval, Ticker ticker) {
    this.path = path;
    this.reader = reader;
    this.maxSize = maxSize;
    this.interval = interval;
    this.ticker = ticker;
  }

  /**
   * Result of one look at the file.
   *
   * @param report the report to deliver; null if there is none
   * @param again the time until the next look
   */
  record Look(@Nullable Refresh report, Duration again) {}

  Look look() {
    try {
      FileStamp stamp = FileStamp.of(path);
      missing = false;
      return look(stamp, ticker.nanoTime());
    } catch (NoSuchFileException e) {
      return vanished(e);
    } catch (IOException e) {
      return failed(inWords(e));
    }
  }

  /**
   * Makes the next look report its result even if nothing has changed, since the last report was
   * not applied.
   */
  void forget() {
    taken = null;
    repeats.forget();
  }

  private Look look(FileStamp stamp, long now) throws IOException {
    boolean isDue = repeats.isOpen() && passed(takenAt, now, interval);
    if (stamp.equals(taken) && !isDue) {
      changing = false;
      return nothing();
    }
    note(stamp, now);
    boolean old = stamp.isOlderThan(OLD_MILLIS, System.currentTimeMillis());
    boolean restless = passed(changingSince, now, RESTLESS);
    Duration quiet = taken != null && stamp.replaces(taken) ? QUIET_ANOTHER : QUIET;
    if (!old && !restless && !passed(seenAt, now, quiet)) {
      return again(quiet);
    }
    byte[] document = read();
    FileStamp after = FileStamp.of(path);
    if (!after.equals(stamp) && !(restless && after.replaces(stamp))) {
      note(after, now);
      return passed(changingSince, now, NEVER_WHOLE)
          ? failed(path + " is written to continuously and cannot be read whole")
          : again(QUIET);
    }
    boolean patient = !old && !passed(seenAt, now, PATIENCE);
    if (patient && (reader.looksUnfinished(document) || isCutShort(stamp))) {
      return again(RETRY);
    }
    return take(stamp, document, patient, now);
  }

  /**
   * Returns true if the file was truncated in place, as by a writer that rewrites it line by line.
   */
  private boolean isCutShort(FileStamp stamp) {
    return taken != null && stamp.size() < taken.size() && !stamp.replaces(taken);
  }

  private void note(FileStamp stamp, long now) {
    if (!changing) {
      changing = true;
      changingSince = now;
    }
    if (!stamp.equals(seen)) {
      seen = stamp;
      seenAt = now;
    }
  }

  private Look take(FileStamp stamp, byte[] document, boolean patient, long now) {
    Refresh read = reader.read(document);
    if (read instanceof Refresh.Failure failure) {
      return patient ? again(RETRY) : failed(failure.message());
    }
    taken = stamp;
    takenAt = now;
    changing = false;
    return new Look(repeats.isNews(read) ? read : null, interval);
  }

  private byte[] read() throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] document = in.readNBytes((int) Math.min(maxSize + 1, Integer.MAX_VALUE - 16));
      if (document.length > maxSize) {
        throw new FileStamp.NoFileException(
            "%s is larger than %d bytes (max-size)".formatted(path, maxSize));
      }
      return document;
    }
  }

  /** Reports a missing file after a while: some editors remove a file for a moment. */
  private Look vanished(NoSuchFileException e) {
    long now = ticker.nanoTime();
    if (!missing) {
      missing = true;
      missingSince = now;
    }
    boolean wasThere = taken != null;
    return wasThere && !passed(missingSince, now, PATIENCE) ? again(RETRY) : failed(inWords(e));
  }

  private Look failed(String message) {
    taken = null;
    changing = false;
    Refresh failure = Refresh.failure(message);
    return new Look(repeats.isNews(failure) ? failure : null, interval);
  }

  private String inWords(IOException e) {
    if (e instanceof NoSuchFileException) {
      Path parent = path.toAbsolutePath().getParent();
      return parent != null && !Files.isDirectory(parent)
          ? path + " does not exist, nor does its directory"
          : path + " does not exist";
    }
    if (e instanceof AccessDeniedException) {
      return path + " cannot be read: permission denied";
    }
    if (e instanceof FileStamp.NoFileException) {
      return String.valueOf(e.getMessage());
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return "%s cannot be read: %s".formatted(path, reason == null ? e : reason);
  }

  private static boolean passed(long since, long now, Duration time) {
    return now - since >= time.toNanos();
  }

  private Look nothing() {
    return new Look(null, interval);
  }

  private Look again(Duration delay) {
    return new Look(null, delay.compareTo(interval) < 0 ? delay : interval);
  }

  /**
   * Metadata that identify the state of a file without reading it.
   *
   * @param path the real path of the file, with all links resolved
   * @param key the key of the file in its file system; null if it has none
   * @param modified the time of the last change of data
   * @param changed the time of the last change of data or attributes if known, else of data
   * @param size the size in bytes
   */
  record FileStamp(
      Path path, @Nullable Object key, FileTime modified, FileTime changed, long size) {

    /**
     * Reads the metadata of a file.
     *
     * @throws IOException if it does not exist, cannot be accessed, or is not a regular file; the
     *     message is meant for users
     */
    static FileStamp of(Path path) throws IOException {
      Path real = path.toRealPath();
      BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw new NoFileException(path + " is a directory (expected: a file)");
      }
      if (!attributes.isRegularFile()) {
        throw new NoFileException(path + " is a pipe or a device (expected: a file)");
      }
      return new FileStamp(
          real,
          attributes.fileKey(),
          attributes.lastModifiedTime(),
          changeTime(real, attributes),
          attributes.size());
    }

    private static FileTime changeTime(Path path, BasicFileAttributes attributes)
        throws IOException {
      if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        Map<String, Object> values = Files.readAttributes(path, "unix:ctime");
        if (values.get("ctime") instanceof FileTime time) {
          return time;
        }
      }
      return attributes.lastModifiedTime();
    }

    /**
     * Returns true if this file has replaced the other, rather than being the same file written to.
     */
    boolean replaces(FileStamp other) {
      return key == null ? !path.equals(other.path) : !key.equals(other.key);
    }

    /** Returns true if the file was last changed more than this time ago. */
    boolean isOlderThan(long millis, long nowMillis) {
      return nowMillis - changed.toMillis() > millis && nowMillis - modified.toMillis() > millis;
    }

    /** Thrown if a path does not lead to a readable regular file. */
    static final class NoFileException extends IOException {

      private static final long serialVersionUID = 1L;

      NoFileException(String message) {
        super(message);
      }
    }
  }
}
