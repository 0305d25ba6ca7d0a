package io.lbtk.standard.refresh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What tells a file from what it was before, without reading it.
 *
 * @param path of the file itself, with all links followed
 * @param key what the file system knows the file by, if it says
 * @param changed the last change of data or attributes, where that is known; else the last of data
 */
record FileStamp(Path path, @Nullable Object key, FileTime modified, FileTime changed, long size) {

  /**
   * Looks at a file.
   *
   * @throws IOException if it is not there, cannot be looked at, or is no regular file; the message
   *     is for people
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

  /** Whether this is a file put in the place of another, rather than one that was written to. */
  boolean replaces(FileStamp other) {
    return key == null ? !path.equals(other.path) : !key.equals(other.key);
  }

  /** Whether nothing has happened to the file for so long before a moment. */
  boolean isOlderThan(long millis, long nowMillis) {
    return nowMillis - changed.toMillis() > millis && nowMillis - modified.toMillis() > millis;
  }

  /** What stands at a path is no file that could be read. */
  static final class NoFileException extends IOException {

    private static final long serialVersionUID = 1L;

    NoFileException(String message) {
      super(message);
    }
  }
}
