package io.lbtk.launcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.lbtk.api.Provider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that hold between the modules. The launcher sees them all, so they stand here. */
class ArchitectureTest {

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
                        "org.slf4j..",
                        "org.jspecify.."))),
        Arguments.of(
            "a plugin sees no other plugin and no launcher",
            slices()
                .matching("io.lbtk.(standard|netty|launcher)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                    resideInAPackage("io.lbtk.launcher.."), resideInAPackage("io.lbtk.."))),
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
                        "io.lbtk.api..", "io.lbtk.core..", "io.lbtk.standard..", "io.lbtk.netty.."))
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void holds(String name, ArchRule rule) {
    rule.check(classes);
  }
}
