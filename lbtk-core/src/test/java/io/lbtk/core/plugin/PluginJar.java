package io.lbtk.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources, and packs them to a jar as a third party would. */
final class PluginJar {

  private final Path work;
  private final List<Path> sources = new ArrayList<>();
  private final Map<String, String> resources = new LinkedHashMap<>();
  private final Map<String, UnaryOperator<byte[]>> changes = new LinkedHashMap<>();

  /** Works in a new folder within a folder of the test. */
  PluginJar(Path work) throws IOException {
    this.work = Files.createTempDirectory(work, "jar");
  }

  /** Adds a class. */
  PluginJar source(String className, String source) throws IOException {
    Path file = work.resolve("src").resolve(className.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    sources.add(Files.writeString(file, source));
    return this;
  }

  /** Names classes in the service file of a kind. */
  PluginJar service(PluginKind<?> kind, String... classNames) {
    resources.put(kind.resource(), String.join("\n", classNames));
    return this;
  }

  /** Changes the bytes of a class; empty ones take it out. */
  PluginJar change(String className, UnaryOperator<byte[]> change) {
    changes.put(className.replace('.', '/') + ".class", change);
    return this;
  }

  Path write(Path jar) throws IOException {
    Path classes = Files.createDirectories(work.resolve("classes"));
    compile(classes);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String name = classes.relativize(file).toString();
        put(out, name, changes.getOrDefault(name, b -> b).apply(Files.readAllBytes(file)));
      }
      for (Map.Entry<String, String> resource : resources.entrySet()) {
        put(out, resource.getKey(), resource.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private void compile(Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      assertThat(
              compiler
                  .getTask(
                      null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                  .call())
          .isTrue();
    }
  }

  private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
    if (bytes.length > 0) {
      out.putNextEntry(new ZipEntry(name));
      out.write(bytes);
    }
  }
}
