package io.lbtk.standard.refresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metadata that identify the state of a file without reading it.
 *
 * @param path the real path of the file, with all links resolved
 * @param key the key of the file in its file system; null if it has none
 * @param modified the time of the last change of data
 * @param changed the time of the last change of data or attributes if known, else of data
 * @param size the size in bytes
 */
record FileStamp(Path path, @Nullable Object key, FileTime modified, FileTime changed, long size) {

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

  private static FileTime changeTime(Path path, BasicFileAttributes attributes) throws IOException {
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
