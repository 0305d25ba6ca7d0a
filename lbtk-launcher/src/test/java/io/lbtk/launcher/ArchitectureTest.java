package io.lbtk.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.lbtk.api.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that hold between the modules. The launcher sees them all, so they stand here. */
class ArchitectureTest {

  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");
  private static final Pattern MODULE_NAME =
      Pattern.compile("<lbtk.module.name>(.+?)</lbtk.module.name>");

  private static JavaClasses classes;

  @BeforeAll
  static void importAll() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lbtk");
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(
            "the api needs nothing but the JDK",
            classes()
                .that(resideInAPackage("io.lbtk.api.."))
                .should()
                .onlyDependOnClassesThat(
                    resideInAnyPackage("io.lbtk.api..", "java..", "org.jspecify.."))),
        Arguments.of(
            "the core needs the api and a logging facade",
            classes()
                .that(resideInAPackage("io.lbtk.core.."))
                .should()
                .onlyDependOnClassesThat(
                    resideInAnyPackage(
                        "io.lbtk.core..",
                        "io.lbtk.api..",
                        "java..",
                        "javax.net.ssl..",
                        "org.slf4j..",
                        "org.jspecify.."))),
        Arguments.of(
            "a plugin sees no other plugin and no launcher",
            slices()
                .matching(
                    "io.lbtk.(standard|tokenport|proxy|dns|zookeeper|etcd|consul|redis|ganglia|kubernetes|launcher)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                    resideInAPackage("io.lbtk.launcher.."), resideInAPackage("io.lbtk.."))),
        Arguments.of(
            "what directories share needs the core and a parser of JSON",
            classes()
                .that(resideInAPackage("io.lbtk.discovery.."))
                .should()
                .onlyDependOnClassesThat(
                    resideInAnyPackage(
                        "io.lbtk.discovery..",
                        "io.lbtk.core..",
                        "io.lbtk.api..",
                        "java..",
                        "javax.net.ssl..",
                        "com.fasterxml.jackson.core..",
                        "org.slf4j..",
                        "org.jspecify.."))),
        Arguments.of(
            "what the token port and the proxies share knows neither of them",
            classes()
                .that(resideInAPackage("io.lbtk.net.."))
                .should()
                .onlyDependOnClassesThat(
                    resideInAnyPackage(
                        "io.lbtk.net..",
                        "io.lbtk.core..",
                        "io.lbtk.api..",
                        "java..",
                        "javax.net.ssl..",
                        "javax.security..",
                        "io.netty..",
                        "org.slf4j..",
                        "org.jspecify.."))),
        Arguments.of(
            "the standard plugins need no Netty",
            noClasses()
                .that(resideInAPackage("io.lbtk.standard.."))
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty.."))),
        Arguments.of(
            "packages have no cycles", slices().matching("io.lbtk.(**)").should().beFreeOfCycles()),
        Arguments.of(
            "only the launcher prints",
            noClasses()
                .that(
                    resideInAnyPackage(
                        "io.lbtk.api..",
                        "io.lbtk.core..",
                        "io.lbtk.standard..",
                        "io.lbtk.net..",
                        "io.lbtk.tokenport..",
                        "io.lbtk.proxy..",
                        "io.lbtk.dns..",
                        "io.lbtk.discovery..",
                        "io.lbtk.zookeeper..",
                        "io.lbtk.etcd..",
                        "io.lbtk.consul..",
                        "io.lbtk.redis..",
                        "io.lbtk.ganglia..",
                        "io.lbtk.kubernetes.."))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")),
        Arguments.of(
            "nothing is static and changes",
            fields()
                .that()
                .areStatic()
                .and()
                .areDeclaredInClassesThat(resideInAPackage("io.lbtk.."))
                .should()
                .beFinal()),
        Arguments.of(
            "ServiceLoader can make every provider",
            classes()
                .that()
                .areAssignableTo(Provider.class)
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should()
                .bePublic()));
  }

  @Test
  void everyPackageIsInOneJar() {
    Map<String, Set<String>> jars = new TreeMap<>();
    for (JavaClass type : classes) {
      jars.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>()).add(jar(type));
    }

    assertThat(jars.keySet())
        .contains("io.lbtk.api", "io.lbtk.core", "io.lbtk.standard.policy", "io.lbtk.proxy");
    assertThat(jars).allSatisfy((name, found) -> assertThat(found).as(name).hasSize(1));
  }

  /** The jar, or the folder in the place of one, that a class was read from. */
  private static String jar(JavaClass type) {
    String place = type.getSource().orElseThrow().getUri().toString();
    return place.substring(0, place.lastIndexOf(type.getPackageName().replace('.', '/')));
  }

  @Test
  void everyModuleHasANameOfItsOwnForTheModuleSystem() throws Exception {
    Map<String, Path> poms = new TreeMap<>();
    for (Path pom : poms(Path.of("..", "pom.xml"))) {
      String text = Files.readString(pom);
      if (!text.contains("<packaging>pom</packaging>")) {
        Matcher name = MODULE_NAME.matcher(text);
        assertThat(name.find()).as("%s declares lbtk.module.name", pom).isTrue();
        assertThat(poms.put(name.group(1), pom)).as("another module %s", name.group(1)).isNull();
      }
    }

    assertThat(poms.keySet())
        .contains("io.lbtk.api", "io.lbtk.core", "io.lbtk.standard", "io.lbtk.proxy")
        .allMatch(name -> name.startsWith("io.lbtk."));
  }

  /** The pom and those of its modules, without the examples, which are no libraries. */
  private static List<Path> poms(Path pom) throws IOException {
    List<Path> poms = new ArrayList<>(List.of(pom));
    Matcher module = MODULE.matcher(Files.readString(pom));
    while (module.find()) {
      if (!module.group(1).equals("examples")) {
        poms.addAll(poms(pom.resolveSibling(module.group(1)).resolve("pom.xml")));
      }
    }
    return poms;
  }

  /** Strangers copy an example out of this tree, and it has to build and pass its tests there. */
  @ParameterizedTest
  @ValueSource(strings = {"custom-refresher", "custom-policy", "embedded"})
  void anExampleNeedsNothingOfThisTree(String example) throws IOException {
    String pom = Files.readString(Path.of("..", "examples", example, "pom.xml"));

    assertThat(pom).doesNotContain("..").doesNotContain("<parent>");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void holds(String name, ArchRule rule) {
    rule.check(classes);
  }
}
