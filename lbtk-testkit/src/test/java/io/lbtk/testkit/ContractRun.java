package io.lbtk.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs one test of a contract on a subject that was broken on purpose, and expects it to fail. */
final class ContractRun {

  private final Class<?> subject;

  ContractRun(Class<?> subject) {
    this.subject = subject;
  }

  /** A test that this fault is found by the test of this name. */
  DynamicTest finds(Enum<?> fault, String test) {
    return DynamicTest.dynamicTest(
        fault + " fails " + test, () -> assertThat(run(fault, test)).isNotNull());
  }

  private Throwable run(Enum<?> fault, String test) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(subject, method(test)))
            .configurationParameter(FaultResolver.KEY, fault.name())
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
            .build();
    Results results = new Results();
    LauncherFactory.create().execute(request, results);
    assertThat(results.all).as("how many tests ran").hasSize(1);
    TestExecutionResult result = results.all.get(0);
    assertThat(result.getStatus())
        .as("%s with the fault %s", test, fault)
        .isEqualTo(TestExecutionResult.Status.FAILED);
    return result.getThrowable().orElseThrow();
  }

  private Method method(String name) {
    Class<?> contract = Objects.requireNonNull(subject.getSuperclass(), "contract");
    return Arrays.stream(contract.getDeclaredMethods())
        .filter(method -> method.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the contract has no test " + name));
  }

  private static final class Results implements TestExecutionListener {

    final List<TestExecutionResult> all = new ArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest()) {
        all.add(result);
      }
    }
  }
}
