package io.lbtk.standard.refresh;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hints at changes in directories. Hints can be lost, so callers poll as well.
 *
 * <p>Has its own watch service and thread, since there are few files to watch. Gives no hints if
 * the system has no watch service. Not thread-safe.
 */
final class DirectoryWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);

  private final @Nullable WatchService service;
  private final Map<Path, Watched> watched = new HashMap<>();

  /** A directory as it was when its watch began. */
  private record Watched(WatchKey key, @Nullable Object fileKey) {}

  /**
   * Creates the watch and starts its thread.
   *
   * @param name the name of the refresher, for the log
   * @param fileSystem the file system of the directories
   * @param hint called by the thread for each change; must return soon
   */
  DirectoryWatch(String name, FileSystem fileSystem, Runnable hint) {
    WatchService opened = null;
    try {
      opened = fileSystem.newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      log.info("{}: no watch on files ({}); changes are seen by polling", name, e.getMessage());
    }
    service = opened;
    if (opened != null) {
      WatchService open = opened;
      Thread thread = new Thread(() -> run(open, hint), name + " watch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void run(WatchService service, Runnable hint) {
    try {
      while (true) {
        WatchKey key = service.take();
        key.pollEvents();
        key.reset();
        hint.run();
      }
    } catch (ClosedWatchServiceException e) {
      log.trace("the watch was closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Watches these directories and no others. Missing directories are skipped; a directory that was
   * replaced by another of the same name is watched again.
   *
   * @return true if a watch was added, so that a change before it may have been missed
   */
  boolean watch(Set<Path> directories) {
    if (service == null) {
      return false;
    }
    watched
        .entrySet()
        .removeIf(
            entry -> {
              boolean stays = directories.contains(entry.getKey()) && isCurrent(entry);
              if (!stays) {
                entry.getValue().key().cancel();
              }
              return !stays;
            });
    boolean fresh = false;
    for (Path directory : directories) {
      if (!watched.containsKey(directory)) {
        fresh |= add(service, directory);
      }
    }
    return fresh;
  }

  private static boolean isCurrent(Map.Entry<Path, Watched> entry) {
    try {
      Object fileKey = Files.readAttributes(entry.getKey(), BasicFileAttributes.class).fileKey();
      Watched before = entry.getValue();
      return before.key().isValid() && (fileKey == null || fileKey.equals(before.fileKey()));
    } catch (IOException e) {
      return false;
    }
  }

  private boolean add(WatchService service, Path directory) {
    try {
      Object fileKey = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
      WatchKey key =
          directory.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
      watched.put(directory, new Watched(key, fileKey));
      return true;
    } catch (IOException e) {
      log.trace("no watch on {}", directory, e);
      return false;
    } catch (ClosedWatchServiceException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (service == null) {
      return;
    }
    try {
      service.close();
    } catch (IOException e) {
      log.debug("failed to close the watch service", e);
    }
  }
}
