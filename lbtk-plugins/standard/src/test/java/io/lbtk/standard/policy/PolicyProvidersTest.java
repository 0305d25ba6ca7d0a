package io.lbtk.standard.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.PolicyProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class PolicyProvidersTest {

  @Test
  void thePoliciesAreFoundByTheirNames() {
    assertThat(ServiceLoader.load(PolicyProvider.class))
        .extracting(PolicyProvider::name)
        .contains("round-robin", "random");
    assertThat(ServiceLoader.load(PolicyProvider.class))
        .allSatisfy(provider -> assertThat(provider.doc()).isNotEmpty());
  }
}
