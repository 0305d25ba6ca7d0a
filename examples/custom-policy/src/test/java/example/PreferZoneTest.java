package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.api.Demand;
import io.lbtk.api.Policy;
import io.lbtk.api.Target;
import io.lbtk.testkit.PolicyContract;
import io.lbtk.testkit.TestCandidate;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PreferZoneTest extends PolicyContract {

  @Override
  protected Policy newPolicy() {
    return new PreferZone("north");
  }

  @Override
  protected boolean honoursWeights() {
    return false;
  }

  @Test
  void theZoneIsPreferredWhileItHasATargetThatIsWanted() {
    Policy policy = newPolicy();
    TestCandidate near = new TestCandidate(Target.parse("a:1 zone=north"));
    TestCandidate far = new TestCandidate(Target.parse("b:1 zone=south"));
    policy.added(far);
    policy.added(near);

    assertThat(policy.pick(Demand.any())).isSameAs(near);
    assertThat(policy.pick(Demand.any().excluding(Set.of("a:1")))).isSameAs(far);
    policy.suspended(near);
    assertThat(policy.pick(Demand.any())).isSameAs(far);
  }
}
