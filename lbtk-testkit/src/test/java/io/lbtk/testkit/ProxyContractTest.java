package io.lbtk.testkit;

import io.lbtk.testkit.NaiveProxy.Fault;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ProxyContractTest {

  private final ContractRun contract = new ContractRun(NaiveProxyTest.class);

  @TestFactory
  Stream<DynamicTest> aProxyThatMovesBytesWrongFails() {
    return Stream.of(
        contract.finds(Fault.CORRUPTS, "aBurstOfTheClientArrivesWholeAtASlowTarget"),
        contract.finds(Fault.CORRUPTS, "aBurstOfTheTargetArrivesWholeAtASlowClient"),
        contract.finds(Fault.LOSES_THE_TAIL, "aBurstOfTheClientArrivesWholeAtASlowTarget"),
        contract.finds(Fault.LOSES_THE_TAIL, "aBurstOfTheTargetArrivesWholeAtASlowClient"),
        contract.finds(Fault.LOSES_THE_TAIL, "burstsInBothDirectionsAtOnceArriveWhole"),
        contract.finds(Fault.ENDS_AT_THE_FIRST_FIN, "aTargetCanAnswerAfterTheClientHasFinished"),
        contract.finds(Fault.ENDS_AT_THE_FIRST_FIN, "aClientCanSendAfterTheTargetHasFinished"),
        contract.finds(Fault.SWALLOWS_FIN, "aTargetCanAnswerAfterTheClientHasFinished"),
        contract.finds(Fault.SWALLOWS_FIN, "aClientCanSendAfterTheTargetHasFinished"),
        contract.finds(Fault.STANDS_STILL, "aBurstOfTheClientArrivesWholeAtASlowTarget"),
        contract.finds(
            Fault.BUFFERS_WITHOUT_BOUND, "aTargetThatDoesNotReadStopsItsClientAndNobodyElse"),
        contract.finds(
            Fault.BUFFERS_WITHOUT_BOUND, "aClientThatDoesNotReadStopsItsTargetAndNobodyElse"),
        contract.finds(Fault.WAITS_FOR_THE_CLIENT, "aTargetThatSpeaksFirstIsHeard"),
        contract.finds(Fault.LOSES_EARLY_BYTES, "whatAClientSentBeforeThereWasATokenArrives"),
        contract.finds(Fault.HIDES_RESETS, "aResetByTheTargetReachesTheClient"),
        contract.finds(Fault.HIDES_RESETS, "aResetByTheClientReachesTheTarget"),
        contract.finds(Fault.ONE_AT_A_TIME, "manyConnectionsLiveAtTheSameTime"));
  }

  @TestFactory
  Stream<DynamicTest> aProxyThatUsesTokensWrongFails() {
    return Stream.of(
        contract.finds(Fault.CALLS_RESETS_CLOSED, "aResetByTheTargetReachesTheClient"),
        contract.finds(Fault.CALLS_REFUSED_TIMEOUT, "aRefusedConnectionIsTriedOnAnotherTarget"),
        contract.finds(
            Fault.COUNTS_NO_BYTES, "aTokenIsReleasedWhenItsConnectionHasEndedAndNotBefore"),
        contract.finds(Fault.FORGETS_TOKENS, "bytesGoThereAndBack"),
        contract.finds(Fault.FORGETS_TOKENS, "manyShortConnectionsLoseNoToken"),
        contract.finds(Fault.RELEASES_TWICE, "bytesGoThereAndBack"),
        contract.finds(
            Fault.RELEASES_AT_ONCE, "aTokenIsReleasedWhenItsConnectionHasEndedAndNotBefore"),
        contract.finds(Fault.TAKES_TWO_TOKENS, "eachConnectionGoesWhereItsTokenSays"),
        contract.finds(Fault.TRIES_ONCE, "aRefusedConnectionIsTriedOnAnotherTarget"),
        contract.finds(
            Fault.TRIES_FOR_EVER, "afterThreeAttemptsOnDifferentTargetsTheClientIsClosed"),
        contract.finds(
            Fault.TRIES_THE_SAME, "afterThreeAttemptsOnDifferentTargetsTheClientIsClosed"),
        contract.finds(Fault.TRIES_THE_SAME, "whereNoOtherTargetIsTheClientIsClosed"),
        contract.finds(Fault.KEEPS_CLIENTS_WITHOUT_TOKEN, "aClientForWhichThereIsNoTokenIsClosed"),
        contract.finds(Fault.DIES_WITHOUT_TOKEN, "aClientForWhichThereIsNoTokenIsClosed"),
        contract.finds(Fault.NO_TOKEN_TIMEOUT, "aClientDoesNotWaitLongerForATokenThanItMay"),
        contract.finds(Fault.NO_CONNECT_TIMEOUT, "aTargetThatDoesNotAcceptInTimeIsLeftForAnother"),
        contract.finds(Fault.KNOWS_NO_NAMES, "aTargetIsFoundByItsName"));
  }

  @TestFactory
  Stream<DynamicTest> aProxyThatEndsWrongFails() {
    return Stream.of(
        contract.finds(Fault.NO_IDLE_TIMEOUT, "aTunnelInWhichNothingMovesIsEnded"),
        contract.finds(Fault.NO_FIN_TIMEOUT, "aTunnelOfWhichOneSideNeverEndsIsEnded"),
        contract.finds(Fault.DRAIN_CLOSES, "drainLetsTunnelsEndAndAcceptsNoOther"),
        contract.finds(Fault.DRAIN_ACCEPTS, "drainLetsTunnelsEndAndAcceptsNoOther"),
        contract.finds(Fault.DRAIN_FOR_EVER, "drainClosesWhatIsLeftAfterItsTime"),
        contract.finds(Fault.DRAIN_FOR_EVER, "drainClosesAfterItsTimeWhoStillWaitsForAToken"),
        contract.finds(Fault.DRAIN_FOR_EVER, "drainWithoutTunnelsIsOverAtOnce"),
        contract.finds(Fault.CLOSE_LEAVES_TUNNELS, "closeEndsEveryTunnel"),
        contract.finds(Fault.CLOSE_LEAVES_DEMANDS, "closeWithdrawsDemandsThatWait"),
        contract.finds(
            Fault.CLOSE_LEAVES_CONNECTS, "closeWhileATargetIsBeingConnectedReleasesItsToken"),
        contract.finds(Fault.CLOSE_NEVER_RETURNS, "bytesGoThereAndBack"),
        contract.finds(Fault.CLOSES_ONCE, "aSecondCloseDoesNothing"),
        contract.finds(Fault.CANNOT_CLOSE_UNSTARTED, "oneThatWasNeverStartedCanBeClosed"),
        contract.finds(Fault.STARTS_TWICE, "aSecondStartIsAnIllegalState"),
        contract.finds(Fault.STARTS_AFTER_CLOSE, "aStartAfterCloseIsAnIllegalState"),
        contract.finds(Fault.GUESSES_ITS_ADDRESS, "itHasNoAddressBeforeItIsStarted"),
        contract.finds(Fault.TELLS_THE_WANTED_ADDRESS, "itsAddressHasTheRealPort"),
        contract.finds(Fault.NAMES_NO_ADDRESS, "anAddressInUseIsNamed"));
  }
}
