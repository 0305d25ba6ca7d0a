package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.lbtk.testkit.EchoBackend;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BalanceInsideTest {

  @Test
  void eachServerIsGreetedInTurn() throws Exception {
    try (EchoBackend first = new EchoBackend();
        EchoBackend second = new EchoBackend()) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();

      BalanceInside.sayHello(
          new String[] {first.target().hostPort(), second.target().hostPort()},
          new PrintStream(printed, true, StandardCharsets.UTF_8));

      assertThat(printed.toString(StandardCharsets.UTF_8).lines())
          .containsExactly(
              first.target() + " hello",
              second.target() + " hello",
              first.target() + " hello",
              second.target() + " hello",
              first.target() + " hello",
              second.target() + " hello");
    }
  }
}
