package io.lbtk.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lbtk.benchmarks.sidebyside.Bulk.IperfResult;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class IperfResultTest {

  @Test
  void whatTheReceiverGotCounts() throws IOException {
    String json =
        """
        {"start": {"connected": [{"socket": 5}]},
         "intervals": [{"sum": {"bytes": 1, "seconds": 1}}],
         "end": {"streams": [{"receiver": {"bytes": 2, "seconds": 2}}],
                 "sum_sent": {"seconds": 3, "bytes": 3},
                 "sum_received": {"start": 0, "end": 2.001, "seconds": 2.001, "bytes": 4000000000}}}
        """;

    assertThat(IperfResult.parse(json)).isEqualTo(new IperfResult(4e9, 2.001));
  }

  @Test
  void aReportedErrorIsAFailure() {
    String json =
        """
        {"start": {}, "end": {}, "error": "unable to connect to server: Connection refused"}
        """;

    assertThatThrownBy(() -> IperfResult.parse(json))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Connection refused");
  }

  @Test
  void aReportWithoutBytesIsAFailure() {
    assertThatThrownBy(() -> IperfResult.parse("{\"end\": {}}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/end/sum_received/");
  }
}
