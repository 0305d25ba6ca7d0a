package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Compiles sources outside of the build, and makes the jar of a third party's plugin. */
final class PluginJar {

  private PluginJar() {}

  /**
   * Compiles a class of the package {@code com.acme} and puts it into {@code plugins/NAME.jar}.
   *
   * @param folder takes the folder {@code plugins}, and the source and the classes beside it
   * @param service the interface of the SPI that the class implements
   * @return the folder of plugins
   */
  static Path compile(Path folder, String name, String source, String service) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes-" + name));
    Path file = Files.writeString(folder.resolve(name + ".java"), source);
    compile(file, classes);
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    try (JarOutputStream out =
        new JarOutputStream(Files.newOutputStream(plugins.resolve(name + ".jar")))) {
      out.putNextEntry(new ZipEntry("META-INF/services/" + service));
      out.write(("com.acme." + name).getBytes(StandardCharsets.UTF_8));
      for (Path compiled : list(classes.resolve("com/acme"))) {
        out.putNextEntry(new ZipEntry("com/acme/" + compiled.getFileName()));
        out.write(Files.readAllBytes(compiled));
      }
    }
    return plugins;
  }

  /** Compiles a source against the class path of the tests. */
  static void compile(Path source, Path classes) {
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                LbtkProcess.classPath(),
                source.toString());
    assertThat(result).isZero();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
