package io.lbtk.testkit;

import io.lbtk.testkit.NaiveTokenSource.Fault;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class TokenSourceContractTest {

  private final ContractRun contract = new ContractRun(NaiveTokenSourceTest.class);

  @TestFactory
  Stream<DynamicTest> aBrokenSourceFailsTheTestOfItsRule() {
    return Stream.of(
        contract.finds(Fault.IS_LATE, "aTokenThatIsThereIsGivenAtOnce"),
        contract.finds(Fault.SHARES_TOKENS, "everyTokenIsAnotherAndCounts"),
        contract.finds(Fault.SHARES_TOKENS, "manyTakersAtOnceLoseNothingAndShareNothing"),
        contract.finds(Fault.COUNTS_EVERY_RELEASE, "aSecondReleaseDoesNothing"),
        contract.finds(
            Fault.RELEASES_WITHOUT_A_LOCK, "oneTokenReleasedByManyThreadsAtOnceCountsOnce"),
        contract.finds(Fault.TAKE_BLOCKS, "aDemandWaitsForATarget"),
        contract.finds(Fault.CLOSE_NEVER_RETURNS, "aTokenLeadsToATarget"),
        contract.finds(Fault.TELLS_NOT_WHY, "aDemandWaitsForATarget"),
        contract.finds(Fault.SERVES_ONLY_ONE, "everyDemandThatWaitsIsServed"),
        contract.finds(Fault.NEVER_EXPIRES, "aDemandExpires"),
        contract.finds(Fault.GIVES_TO_THE_EXPIRED, "anExpiredDemandTakesNoToken"),
        contract.finds(Fault.WAITS_WITHOUT_PATIENCE, "aDemandWithoutPatienceDoesNotWait"),
        contract.finds(Fault.GIVES_TO_THE_CANCELLED, "aCancelledDemandIsWithdrawn"),
        contract.finds(Fault.LOSES_WHAT_CROSSES, "aTokenThatCrossesACancellationIsReleased"),
        contract.finds(Fault.GIVES_EXCLUDED, "anExcludedTargetIsNotGiven"),
        contract.finds(Fault.WAITS_WHERE_ALL_IS_EXCLUDED, "aDemandThatExcludesEverythingEnds"),
        contract.finds(Fault.SEES_NO_ADDED, "anAddedTargetIsGiven"),
        contract.finds(Fault.GIVES_REMOVED, "aRemovedTargetIsNotGivenAgain"),
        contract.finds(Fault.TELLS_NOT_WHAT_IS_GONE, "whatIsGoneIsTold"),
        contract.finds(Fault.TELLS_CLOSED_SUBSCRIPTIONS, "whatIsGoneIsTold"),
        contract.finds(Fault.COUNTS_NOT_WHAT_IS_HELD, "whatIsHeldCounts"),
        contract.finds(Fault.GIVES_WHAT_IS_HELD, "whatIsHeldIsNotGiven"),
        contract.finds(Fault.FORGETS_WHO_WAITS_AT_CLOSE, "closeEndsDemandsThatWait"),
        contract.finds(
            Fault.FORGETS_WHO_WAITS_AT_CLOSE, "closingAmongManyTakersLeavesNobodyWaiting"),
        contract.finds(Fault.GIVES_AFTER_CLOSE, "aClosedSourceGivesNothing"),
        contract.finds(Fault.CLOSES_ONCE, "aSecondCloseDoesNothing"),
        contract.finds(Fault.THROWS_AT_LATE_RELEASE, "aTokenCanBeReleasedAfterClose"),
        contract.finds(Fault.TAKES_WITHOUT_A_LOCK, "manyTakersAtOnceLoseNothingAndShareNothing"));
  }
}
