package io.lbtk.testkit;

import io.lbtk.testkit.MemoryRefresher.Fault;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RefresherContractTest {

  private final ContractRun contract = new ContractRun(MemoryRefresherTest.class);

  @TestFactory
  Stream<DynamicTest> aBrokenRefresherFailsTheTestOfItsRule() {
    return Stream.of(
        contract.finds(Fault.BEGINS_WITH_A_DELTA, "theFirstReportIsASnapshotOfTheWholeSource"),
        contract.finds(Fault.CUTS_OFF, "aLargeSourceIsReportedWhole"),
        contract.finds(Fault.FORGETS_REMOVALS, "aRemovedTargetIsReported"),
        contract.finds(Fault.FORGETS_REMOVALS, "aSourceThatBecomesEmptyIsReported"),
        contract.finds(Fault.SEES_NO_WEIGHTS, "weightsAreReported"),
        contract.finds(Fault.SEES_NO_WEIGHTS, "aChangedWeightIsReported"),
        contract.finds(Fault.REPEATS_ITSELF, "anUnchangedSourceGivesNoNewSet"),
        contract.finds(Fault.LOSES_CHANGES, "changesAreReportedInOrderAndTheLastIsNeverLost"),
        contract.finds(Fault.REPORTS_OLD_STATES, "changesAreReportedInOrderAndTheLastIsNeverLost"),
        contract.finds(Fault.REPORTS_ON_MANY_THREADS, "reportsAreSerial"),
        contract.finds(Fault.REPORTS_AFTER_CLOSE, "nothingIsReportedAfterClose"),
        contract.finds(
            Fault.REPORTS_AFTER_CLOSE, "nothingIsReportedAfterACloseInTheMidstOfChanges"),
        contract.finds(Fault.START_NEVER_RETURNS, "theFirstReportIsASnapshotOfTheWholeSource"),
        contract.finds(Fault.CLOSE_NEVER_RETURNS, "nothingIsReportedAfterClose"),
        contract.finds(Fault.CLOSE_NEVER_RETURNS, "aRemovedTargetIsReported"),
        contract.finds(Fault.CLOSE_WAITS_FOR_ITSELF, "itsListenerCanCloseIt"),
        contract.finds(Fault.CLOSES_ONCE, "aSecondCloseDoesNothing"),
        contract.finds(Fault.CANNOT_CLOSE_UNSTARTED, "oneThatWasNeverStartedCanBeClosed"),
        contract.finds(Fault.STARTS_TWICE, "aSecondStartIsAnIllegalState"),
        contract.finds(Fault.STARTS_AFTER_CLOSE, "aStartAfterCloseIsAnIllegalState"),
        contract.finds(Fault.HIDES_FAILURES, "aFailureIsReportedAndTheSetStays"),
        contract.finds(Fault.TAKES_A_FAILURE_FOR_EMPTY, "aFailureIsReportedAndTheSetStays"),
        contract.finds(Fault.ENDS_WITH_A_FAILURE, "aFailureDoesNotEndIt"),
        contract.finds(
            Fault.FORGETS_THAT_IT_FAILED, "theFirstSetAfterAFailureIsReportedThoughNothingChanged"),
        contract.finds(Fault.THROWS_AT_START, "aSourceThatIsBrokenAtTheStartIsReportedNotThrown"),
        contract.finds(Fault.CONFIRMS_NOTHING, "aPollingRefresherReportsEveryReadThatFoundNothing"),
        contract.finds(
            Fault.CONFIRMS_NOTHING, "aPollingRefresherReportsFurtherReadsThatSayTheSame"));
  }
}
