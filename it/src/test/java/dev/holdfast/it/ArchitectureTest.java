package dev.holdfast.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.holdfast.isolator.HostSurvey;
import dev.holdfast.isolator.Isolator;
import dev.holdfast.linux.proc.ProcFs;
import org.junit.jupiter.api.Test;

/// What the modules' descriptors cannot say.
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.holdfast");

  @Test
  void foreignCallsAreInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.holdfast.linux")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(CLASSES);
  }

  /// The isolator's two ways in stand in the package that users import, and put together what
  /// stands below: nothing there may know them.
  @Test
  void packagesHaveNoCycles() {
    DescribedPredicate<JavaClass> wiring =
        JavaClass.Predicates.belongToAnyOf(Isolator.class, HostSurvey.class);
    slices()
        .matching("dev.holdfast.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(wiring, DescribedPredicate.alwaysTrue())
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.isolator..")
        .and(DescribedPredicate.not(wiring))
        .should()
        .dependOnClassesThat(wiring)
        .check(CLASSES);
  }

  @Test
  void versionsOfCgroupsKnowOnlyTheDoorAndTheirCommonFiles() {
    for (String version : new String[] {"v1", "v2"}) {
      classes()
          .that()
          .resideInAPackage("dev.holdfast.cgroup." + version)
          .should()
          .onlyDependOnClassesThat(
              isIn("dev.holdfast.cgroup", "dev.holdfast.cgroup.files")
                  .or(isIn("dev.holdfast.cgroup." + version))
                  .or(isOutsideOfHoldfast()))
          .check(CLASSES);
    }
  }

  @Test
  void nobodyButMainEndsTheProcess() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.holdfast.cli.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .check(CLASSES);
  }

  /// The seed parsed it again for each control file that it touched.
  @Test
  void theMountTableIsReadOnlyToFindTheHierarchies() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.holdfast.testkit..", "dev.holdfast.isolator.opening..")
        .and(
            DescribedPredicate.not(
                JavaClass.Predicates.belongToAnyOf(Isolator.class, HostSurvey.class)))
        .should()
        .callMethod(ProcFs.class, "mounts")
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaClass> isIn(String... packages) {
    return JavaClass.Predicates.resideInAnyPackage(packages);
  }

  private static DescribedPredicate<JavaClass> isOutsideOfHoldfast() {
    return JavaClass.Predicates.resideOutsideOfPackage("dev.holdfast..");
  }
}
