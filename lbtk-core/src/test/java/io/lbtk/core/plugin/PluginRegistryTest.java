package io.lbtk.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lbtk.api.Refresher;
import io.lbtk.api.RefresherProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.SettingsException;
import io.lbtk.api.StartException;
import io.lbtk.core.settings.Problems;
import io.lbtk.core.settings.SettingsBinder;
import io.lbtk.testkit.LogLines;
import io.lbtk.testkit.ManualClock;
import io.lbtk.testkit.TestContext;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginRegistryTest {

  private static final String NEVER =
      """
      package com.acme;

      public class Never implements io.lbtk.api.Refresher {
        public void start(io.lbtk.api.RefreshListener listener) {}
        public void close() {}
      }
      """;

  @TempDir private Path work;
  private Path plugins;

  @BeforeEach
  void makeFolder() throws IOException {
    plugins = Files.createDirectory(work.resolve("plugins"));
  }

  /** A provider of a refresher in package com.acme, with a body of one's own. */
  private static String provider(String className, String members, String create) {
    return """
        package com.acme;

        import io.lbtk.api.*;
        import java.util.List;

        public class %s implements RefresherProvider {
          %s
          public String name() { return "%s"; }
          public List<Option<?>> options() { return List.of(); }
          public Refresher create(Settings settings, Context context) { %s }
        }
        """
        .formatted(className, members, className.toLowerCase(Locale.ROOT), create);
  }

  private PluginJar acme() throws IOException {
    return acme("", "return new Never();");
  }

  private PluginJar acme(String members, String create) throws IOException {
    return new PluginJar(work)
        .source("com.acme.Acme", provider("Acme", members, create))
        .source("com.acme.Never", NEVER)
        .service(PluginKind.REFRESHER, "com.acme.Acme");
  }

  private static Refresher create(PluginRegistry registry) {
    Settings none =
        new SettingsBinder(List.of(), name -> null, new Problems()).single("none").bind(List.of());
    Plugin<RefresherProvider> plugin = registry.find(PluginKind.REFRESHER, "acme").orElseThrow();
    return PluginRegistry.create(plugin, none, new TestContext("refresher.a", new ManualClock()));
  }

  private static ClassLoader loaderOf(PluginRegistry registry, String name) {
    return registry
        .find(PluginKind.REFRESHER, name)
        .orElseThrow()
        .provider()
        .getClass()
        .getClassLoader();
  }

  private void assertFault(String fault) {
    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.all(PluginKind.REFRESHER)).doesNotContainKey("acme");
      assertThat(registry.faults()).containsExactly(fault);
    }
  }

  @Test
  void aJarThatIsDroppedIntoTheFolderAddsAType() throws IOException {
    Path jar = acme().write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.find(PluginKind.REFRESHER, "acme").orElseThrow().location())
          .isEqualTo(jar.toString());
      assertThat(create(registry)).asString().startsWith("com.acme.Never@");
      assertThat(registry.faults()).isEmpty();
    }
  }

  @Test
  void aPluginMayBeAPolledRefresherOfTheCore() throws IOException {
    acme(
            "",
            """
            return io.lbtk.core.refresh.PolledRefresher.of(
                new io.lbtk.core.refresh.PolledRefresher.Source() {
                  public Refresh read() {
                    return Refresh.snapshot(List.of(Target.of("10.0.0.1", 80)));
                  }

                  public void close() {}
                },
                java.time.Duration.ofSeconds(1),
                context);
            """)
        .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(create(registry).mode()).isEqualTo(Refresher.Mode.POLLED);
    }
  }

  @Test
  void aPluginThatBringsACoreOfItsOwnUsesThat() throws IOException {
    acme("", "io.lbtk.core.part.Backoff.create(); return new Never();")
        .source(
            "io.lbtk.core.part.Backoff",
            """
            package io.lbtk.core.part;

            public class Backoff {
              public static void create() {}
            }
            """)
        .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(create(registry)).asString().startsWith("com.acme.Never@");
    }
  }

  @Test
  void aFolderOfJarsIsOnePlugin() throws IOException {
    Path folder = Files.createDirectory(plugins.resolve("acme"));
    acme().change("com.acme.Never", b -> new byte[0]).write(folder.resolve("acme.jar"));
    new PluginJar(work).source("com.acme.Never", NEVER).write(folder.resolve("library.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(create(registry)).asString().startsWith("com.acme.Never@");
    }
  }

  @Test
  void aPluginSeesTheApiTheJdkAndSlf4jButNeitherTheGeneratorNorLibraries() throws IOException {
    acme(
            "",
            """
            org.slf4j.LoggerFactory.getLogger(Acme.class).debug("seen");
            new java.util.concurrent.ConcurrentHashMap<String, String>();
            ClassLoader own = getClass().getClassLoader();
            for (String hidden : List.of("io.lbtk.core.Generator", "org.assertj.core.api.Assertions")) {
              try {
                own.loadClass(hidden);
                throw new IllegalStateException(hidden + " is seen");
              } catch (ClassNotFoundException expected) {
                // as it should be
              }
            }
            if (Thread.currentThread().getContextClassLoader() != own) {
              throw new IllegalStateException("the thread has another class loader");
            }
            return new Never();
            """)
        .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(create(registry)).isInstanceOf(Refresher.class);
    }
  }

  @Test
  void twoPluginsMayBringTheSameLibraryInTwoVersions() throws IOException {
    acme().write(plugins.resolve("acme.jar"));
    new PluginJar(work)
        .source("com.acme.Other", provider("Other", "", "return new Never();"))
        .source("com.acme.Never", NEVER)
        .service(PluginKind.REFRESHER, "com.acme.Other")
        .write(plugins.resolve("other.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.all(PluginKind.REFRESHER)).containsKeys("acme", "other");
      ClassLoader acme = loaderOf(registry, "acme");
      ClassLoader other = loaderOf(registry, "other");
      assertThat(acme).isNotSameAs(other);
    }
  }

  @Test
  void aBrokenPluginDoesNotHideTheRest() throws IOException {
    new PluginJar(work)
        .source("com.acme.Acme", provider("Acme", "", "return new Never();"))
        .source("com.acme.Broken", provider("Broken", "public Broken(int a) {}", "return null;"))
        .source("com.acme.Never", NEVER)
        .service(PluginKind.REFRESHER, "com.acme.Broken", "com.acme.Gone", "com.acme.Acme")
        .write(plugins.resolve("acme.jar"));
    new PluginJar(work)
        .source("com.acme.Zed", provider("Zed", "", "return null;"))
        .service(PluginKind.REFRESHER, "com.acme.Zed")
        .write(plugins.resolve("zed.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.all(PluginKind.REFRESHER)).containsKeys("acme", "zed");
      assertThat(registry.faults())
          .containsExactly(
              "acme.jar: com.acme.Broken has no public constructor without parameters"
                  + " (a refresher that is not used)",
              "acme.jar: class com.acme.Gone is not there, though"
                  + " META-INF/services/io.lbtk.api.RefresherProvider names it"
                  + " (a refresher that is not used)");
    }
  }

  @Test
  void aClassThatIsNotPublicIsSaidToBe() throws IOException {
    acme("Acme() {}", "return new Never();").write(plugins.resolve("acme.jar"));

    assertFault(
        "acme.jar: com.acme.Acme has no public constructor without parameters"
            + " (a refresher that is not used)");
  }

  @Test
  void aClassForANewerJavaIsSaidToBe() throws IOException {
    acme()
        .change(
            "com.acme.Acme",
            bytes -> {
              bytes[7] = (byte) (44 + 99);
              return bytes;
            })
        .write(plugins.resolve("acme.jar"));

    assertFault(
        "acme.jar: com.acme.Acme is compiled for Java 99 (expected: for Java %d or older, which"
                .formatted(Runtime.version().feature())
            + " runs here) (a refresher that is not used)");
  }

  @Test
  void aMissingLibraryIsNamed() throws IOException {
    acme("private final Never never = new Never();", "return never;")
        .change("com.acme.Never", bytes -> new byte[0])
        .write(plugins.resolve("acme.jar"));

    assertFault(
        "acme.jar: com.acme.Acme needs class com.acme.Never, which is not there (expected: in its jar,"
            + " or in another jar of the same folder) (a refresher that is not used)");
  }

  @Test
  void aConstructorThatThrowsIsQuoted() throws IOException {
    acme("public Acme() { throw new IllegalStateException(\"no luck\"); }", "return new Never();")
        .write(plugins.resolve("acme.jar"));

    assertFault(
        "acme.jar: com.acme.Acme fails while it is loaded: IllegalStateException: no luck"
            + " (a refresher that is not used)");
  }

  @Test
  void aFileThatIsNoJarAndAJarWithoutAPluginAreNamed() throws IOException {
    Path text = Files.writeString(plugins.resolve("a.jar"), "no jar");
    Path empty =
        new PluginJar(work).source("com.acme.Never", NEVER).write(plugins.resolve("b.jar"));
    Files.writeString(plugins.resolve("readme.txt"), "not a plugin, and nobody minds");

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.faults()).hasSize(2);
      assertThat(registry.faults().get(0)).startsWith(text + " is no jar that can be read: ");
      assertThat(registry.faults().get(1))
          .isEqualTo(
              empty
                  + " holds no plugin (expected: META-INF/services/io.lbtk.api.…Provider with its"
                  + " class)");
    }
  }

  @Test
  void twoOfOneNameAreAnErrorThatNamesBothJars() throws IOException {
    Path one = acme().write(plugins.resolve("one.jar"));
    Path two = acme().write(plugins.resolve("two.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThatThrownBy(() -> registry.all(PluginKind.REFRESHER))
          .isInstanceOf(SettingsException.class)
          .hasMessage(
              "plugins: two of kind refresher have the name \"acme\": com.acme.Acme in %s, and"
                      .formatted(one)
                  + " com.acme.Acme in %s (expected: one; take one of the jars away)"
                      .formatted(two));
    }
  }

  @Test
  void aPluginThatThrowsWhatItMayNotIsNamed() throws IOException {
    Path jar =
        acme("", "throw new IllegalStateException(\"bug\");").write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThatThrownBy(() -> create(registry))
          .isInstanceOf(StartException.class)
          .hasMessage(
              "refresher.a: the plugin acme in %s failed: java.lang.IllegalStateException: bug",
              jar);
    }
  }

  @Test
  void aPluginThatCreatesNothingOrThrowsAnErrorIsNamed() throws IOException {
    Path jar = acme("", "return null;").write(plugins.resolve("acme.jar"));
    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThatThrownBy(() -> create(registry))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("refresher.a: the plugin acme in %s failed: ".formatted(jar))
          .hasMessageContaining("create() returned null");
    }

    acme("", "throw new NoClassDefFoundError(\"com/acme/Gone\");").write(jar);
    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThatThrownBy(() -> create(registry))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(
              "refresher.a: the plugin acme in %s failed: needs class com.acme.Gone, which is not there"
                  .formatted(jar));
    }
  }

  /** A refresher whose calls do as they are told. */
  private static String calls(String start, String mode, String close) {
    return """
        return new Refresher() {
          public void start(RefreshListener listener) { %s }
          public Refresher.Mode mode() { %s }
          public void close() { %s }
        };
        """
        .formatted(start, mode, close);
  }

  @Test
  void anObjectThatThrowsWhenItIsStartedOrAskedForItsModeIsNamed() throws IOException {
    Path jar =
        acme(
                "",
                calls(
                    "throw new NoClassDefFoundError(\"com/acme/Gone\");",
                    "throw new IllegalStateException(\"bug\");",
                    ""))
            .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      Refresher refresher = create(registry);
      assertThatThrownBy(() -> refresher.start(report -> {}))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith(
              "refresher.a: the plugin acme in %s failed: needs class com.acme.Gone, which is not there"
                  .formatted(jar));
      assertThatThrownBy(refresher::mode)
          .isInstanceOf(StartException.class)
          .hasMessage(
              "refresher.a: the plugin acme in %s failed: java.lang.IllegalStateException: bug",
              jar);
    }
  }

  @Test
  void anObjectThatThrowsWhenItIsClosedIsNamedInTheLogAndStopsNobody() throws IOException {
    Path jar =
        acme("", calls("", "return Refresher.Mode.PUSHED;", "throw new AssertionError(\"bug\");"))
            .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins);
        LogLines log = new LogLines("io.lbtk.core.plugin")) {
      create(registry).close();

      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith(
              "ERROR refresher.a: the plugin acme in %s failed to close: java.lang.AssertionError: bug"
                  .formatted(jar));
    }
  }

  @Test
  void anObjectIsStartedAndClosedWithTheClassLoaderOfThePlugin() throws IOException {
    String note = "seen = Thread.currentThread().getContextClassLoader();";
    acme("static volatile ClassLoader seen;", calls(note, "return Refresher.Mode.PUSHED;", ""))
        .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      Refresher refresher = create(registry);
      ClassLoader before = Thread.currentThread().getContextClassLoader();
      refresher.start(report -> {});
      Class<?> type =
          registry.find(PluginKind.REFRESHER, "acme").orElseThrow().provider().getClass();
      assertThat(seen(type)).isSameAs(type.getClassLoader());
      refresher.close();

      assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }
  }

  @Test
  void aPluginWithoutANameIsNamedByItsClass() throws IOException {
    String unnamed =
        provider("Acme", "", "return new Never();").replace("return \"acme\";", "return null;");
    new PluginJar(work)
        .source("com.acme.Acme", unnamed)
        .source("com.acme.Never", NEVER)
        .service(PluginKind.REFRESHER, "com.acme.Acme")
        .write(plugins.resolve("acme.jar"));

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins)) {
      assertThat(registry.all(PluginKind.REFRESHER)).doesNotContainKey("null");
      assertThat(registry.faults())
          .singleElement()
          .asString()
          .contains("com.acme.Acme has no name: name() returns null");
    }
  }

  @Test
  void aPipeInThePlaceOfAJarIsNamedAndNotWaitedFor() throws Exception {
    Path pipe = plugins.resolve("acme.jar");
    assumeTrue(
        new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo works here");

    assertFault(pipe + " is no jar that can be read: it is no regular file");
  }

  @Test
  void tasksOfTheSchedulerRunWithTheClassLoaderOfThePluginAndWhatTheyThrowIsLogged()
      throws IOException {
    acme(
            "static volatile ClassLoader seen;",
            """
            context.scheduler().execute(
                () -> {
                  seen = Thread.currentThread().getContextClassLoader();
                  throw new NoClassDefFoundError("thrown by the test");
                });
            return new Never();
            """)
        .write(plugins.resolve("acme.jar"));
    ManualClock clock = new ManualClock();
    Settings none =
        new SettingsBinder(List.of(), name -> null, new Problems()).single("none").bind(List.of());

    try (PluginRegistry registry = PluginRegistry.withFolder(plugins);
        LogLines log = new LogLines("io.lbtk.core.plugin")) {
      Plugin<RefresherProvider> plugin = registry.find(PluginKind.REFRESHER, "acme").orElseThrow();
      assertThat(PluginRegistry.create(plugin, none, new TestContext("refresher.a", clock)))
          .isNotNull();
      clock.runDue();

      Class<?> type = plugin.provider().getClass();
      assertThat(seen(type)).isSameAs(type.getClassLoader());
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("ERROR refresher.a: a task of the plugin acme in ")
          .contains("thrown by the test");
    }
  }

  private static Object seen(Class<?> type) {
    try {
      Field field = type.getDeclaredField("seen");
      field.setAccessible(true);
      return field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> PluginRegistry.withFolder(plugins.resolve("none")))
        .isInstanceOf(SettingsException.class)
        .hasMessage("%s: no such folder (expected: a folder of jars)", plugins.resolve("none"));
  }
}
