package io.lbtk.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void aShareOfTheConnectionsMayBeTriedAgain() {
    RetryBudget budget = new RetryBudget(new RetryRate(20, 0), 0);
    for (int i = 0; i < 1000; i++) {
      budget.connection(0);
    }

    assertThat(allowed(budget, 0)).isBetween(199, 200);
  }

  @Test
  void soManyASecondMayBeTriedAgainWithoutConnections() {
    RetryBudget budget = new RetryBudget(new RetryRate(0, 10), 0);
    allowed(budget, 0);

    assertThat(allowed(budget, SECOND)).isBetween(9, 10);
  }

  @Test
  void whatIsSavedFades() {
    RetryBudget budget = new RetryBudget(new RetryRate(100, 0), 0);
    for (int i = 0; i < 1000; i++) {
      budget.connection(0);
    }

    assertThat(allowed(budget, 60 * SECOND)).isLessThan(10);
  }

  @Test
  void aQuietHourDoesNotPayForAStorm() {
    RetryBudget budget = new RetryBudget(new RetryRate(0, 10), 0);

    assertThat(allowed(budget, 3600 * SECOND)).isBetween(99, 100);
  }

  @Test
  void nothingIsAllowedByNothing() {
    RetryBudget budget = new RetryBudget(new RetryRate(0, 0), 0);
    budget.connection(0);

    assertThat(allowed(budget, 3600 * SECOND)).isZero();
  }

  private static int allowed(RetryBudget budget, long now) {
    int count = 0;
    while (budget.retry(now)) {
      count++;
    }
    return count;
  }
}
