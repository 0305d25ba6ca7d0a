package io.lbtk.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the built jar. */
class LauncherJarIT {

  private static final String SERVICES = "META-INF/services/";

  @Test
  void nothingInItTakesThePlaceOfAServiceOfTheJdk() throws IOException {
    List<String> services;
    try (JarFile jar = new JarFile(System.getProperty("launcher.jar"))) {
      services =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.startsWith(SERVICES) && !name.endsWith("/"))
              .map(name -> name.substring(SERVICES.length()))
              .toList();
    }

    assertThat(services)
        .contains("io.lbtk.api.RefresherProvider")
        .noneMatch(name -> name.startsWith("java.") || name.startsWith("sun."));
  }
}
