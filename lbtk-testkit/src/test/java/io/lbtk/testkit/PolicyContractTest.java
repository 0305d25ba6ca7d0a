package io.lbtk.testkit;

import io.lbtk.testkit.DeadlinePolicy.Fault;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class PolicyContractTest {

  private static final String MODEL = "itAgreesWithAModelOverManyRandomSteps";

  private final ContractRun contract = new ContractRun(DeadlinePolicyTest.class);

  @TestFactory
  Stream<DynamicTest> aBrokenPolicyFailsTheTestOfItsRule() {
    return Stream.of(
        contract.finds(Fault.PICKS_REMOVED, "aRemovedCandidateIsNeverPickedAgain"),
        contract.finds(Fault.PICKS_REMOVED, "theLastCandidateCanBeRemoved"),
        contract.finds(Fault.PICKS_SUSPENDED, "aSuspendedCandidateIsNotPickedUntilItIsResumed"),
        contract.finds(Fault.PICKS_EXCLUDED, "anExcludedCandidateIsNotPicked"),
        contract.finds(Fault.PICKS_EXCLUDED, "nothingIsPickedWhereAllIsExcludedOrSuspended"),
        contract.finds(Fault.GIVES_UP_AT_EXCLUDED, "theOnlyOneThatIsNotExcludedIsFound"),
        contract.finds(Fault.SEARCHES_FOR_EVER, "nothingIsPickedWhereAllIsExcludedOrSuspended"),
        contract.finds(Fault.NEVER_RESUMES, "aSuspendedCandidateIsNotPickedUntilItIsResumed"),
        contract.finds(Fault.KEEPS_REMOVED_SUSPENDED, "aSuspendedCandidateCanBeRemoved"),
        contract.finds(Fault.SEES_NO_WEIGHTS, "weightsAreHonoured"),
        contract.finds(Fault.SEES_NO_CHANGED_WEIGHTS, "changedWeightsAreHonoured"),
        contract.finds(
            Fault.FORGETS_WEIGHT_OF_SUSPENDED, "aWeightThatChangedDuringASuspensionCounts"),
        contract.finds(Fault.GIVES_TURNS_IN_BLOCKS, "heavyCandidatesShareTheirTurnsWithLightOnes"),
        contract.finds(Fault.BEGINS_ANEW, "whoWasNextStaysNextWhenAnotherIsRemoved"),
        contract.finds(Fault.BEGINS_ANEW, "whoWasNextStaysNextWhenAnotherIsSuspended"),
        contract.finds(Fault.BEGINS_ANEW, "whoWasNextStaysNextWhenAnotherIsResumed"),
        contract.finds(Fault.BEGINS_ANEW, "constantChangeStarvesNobody"),
        contract.finds(Fault.PICKS_NEW_FIRST, "whoWasNextStaysNextWhenAnotherIsAdded"),
        contract.finds(Fault.PICKS_ALWAYS_THE_SAME, "everyCandidateIsPicked"),
        contract.finds(Fault.PICKS_ALWAYS_THE_SAME, "equalCandidatesGetEqualShares"),
        contract.finds(Fault.TAKES_TURNS_FOR_RETRIES, "picksThatExcludeDoNotDisturbTheOrder"),
        contract.finds(Fault.RETRIES_ALWAYS_THE_SAME, "picksThatExcludeTakeTurns"),
        contract.finds(Fault.COPIES_ITS_CANDIDATES, "anEmptyCopyIsEmpty"),
        contract.finds(Fault.COPIES_ITS_CANDIDATES, "anEmptyCopyIsIndependent"),
        contract.finds(Fault.FORGETS_WEIGHTS_IN_COPY, "anEmptyCopyHonoursWeightsToo"),
        contract.finds(Fault.DIVIDES_BY_WEIGHT_0, "aCandidateOfWeight0ThatIsSuspendedDoesNoHarm"),
        contract.finds(Fault.THROWS_AT_LATE_RELEASE, "aTokenOfARemovedCandidateMayComeBack"),
        contract.finds(Fault.SEARCHES_SUSPENDED, "theOnlyOneLeftAmongManyIsFoundAtOnce"),
        contract.finds(Fault.LOOKS_AT_ALL, "suspendedCandidatesCostNothing"),
        contract.finds(Fault.SEARCHES_WHAT_IS_REMOVED, "manyCanComeAndGo"),
        contract.finds(Fault.PICKS_REMOVED, MODEL),
        contract.finds(Fault.PICKS_SUSPENDED, MODEL),
        contract.finds(Fault.PICKS_EXCLUDED, MODEL),
        contract.finds(Fault.GIVES_UP_AT_EXCLUDED, MODEL),
        contract.finds(Fault.NEVER_RESUMES, MODEL),
        contract.finds(Fault.KEEPS_REMOVED_SUSPENDED, MODEL),
        contract.finds(Fault.TAKES_TURNS_FOR_RETRIES, MODEL));
  }
}
