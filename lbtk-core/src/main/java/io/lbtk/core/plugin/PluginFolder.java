package io.lbtk.core.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A folder of plugins: each jar in it is one, and each folder in it is one, made of the jars that
 * lie there.
 */
final class PluginFolder {

  private PluginFolder() {}

  /**
   * Opens a class loader for each plugin, in the order of their names.
   *
   * @param broken the consumer of a message for each jar that is invalid or holds no plugin
   * @throws IOException if the folder cannot be read
   */
  static List<PluginClassLoader> open(Path folder, ClassLoader host, Consumer<String> broken)
      throws IOException {
    List<PluginClassLoader> loaders = new ArrayList<>();
    for (Path plugin : list(folder)) {
      List<Path> jars = Files.isDirectory(plugin) ? jarsOf(list(plugin)) : jarsOf(List.of(plugin));
      List<URL> readable = new ArrayList<>();
      for (Path jar : jars) {
        if (isReadable(jar, broken)) {
          readable.add(url(jar));
        }
      }
      if (readable.isEmpty()) {
        continue;
      }
      PluginClassLoader loader =
          new PluginClassLoader(
              String.valueOf(plugin.getFileName()), readable.toArray(URL[]::new), host);
      if (namesPlugins(loader)) {
        loaders.add(loader);
      } else {
        loader.close();
        broken.accept(
            "%s holds no plugin (expected: META-INF/services/io.lbtk.api.…Provider with its class)"
                .formatted(plugin));
      }
    }
    return loaders;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static List<Path> jarsOf(List<Path> files) {
    return files.stream()
        .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
        .toList();
  }

  /** Checks a jar, since a class loader silently ignores invalid ones. */
  private static boolean isReadable(Path jar, Consumer<String> broken) {
    if (!Files.isRegularFile(jar)) {
      // Opening a pipe would block until it has a writer.
      broken.accept("%s is no jar that can be read: it is no regular file".formatted(jar));
      return false;
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .map(ZipEntry::getName)
          .filter(PluginFolder::isUnknownService)
          .forEach(name -> broken.accept(unknownService(jar, name)));
      return true;
    } catch (IOException e) {
      broken.accept("%s is no jar that can be read: %s".formatted(jar, e.getMessage()));
      return false;
    }
  }

  private static boolean isUnknownService(String entry) {
    return entry.startsWith(PluginKind.SERVICES + "io.lbtk.")
        && PluginKind.ALL.stream().noneMatch(kind -> kind.resource().equals(entry));
  }

  private static String unknownService(Path jar, String entry) {
    return "%s: %s is no kind of plugin (expected: one of %s)"
        .formatted(
            jar,
            entry,
            String.join(", ", PluginKind.ALL.stream().map(kind -> kind.type().getName()).toList()));
  }

  private static URL url(Path jar) throws MalformedURLException {
    return jar.toAbsolutePath().toUri().toURL();
  }

  private static boolean namesPlugins(PluginClassLoader loader) {
    return PluginKind.ALL.stream().anyMatch(kind -> loader.findResource(kind.resource()) != null);
  }
}
