package io.lbtk.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.api.KeyValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyPagesTest {

  private static final int MAX_KEYS = 3;

  @TempDir private static Path folder;
  private static TestEtcd etcd;

  private final String prefix = TestEtcd.newPrefix();
  private final List<KeyValue> keys = new ArrayList<>();

  @BeforeAll
  static void startEtcd() {
    etcd = TestEtcd.start(folder);
  }

  @AfterAll
  static void closeEtcd() {
    etcd.close();
  }

  private void put(int count) {
    for (int i = 0; i < count; i++) {
      etcd.put(prefix + i, "10.0.0.%d:80".formatted(i));
    }
  }

  private void read() throws EtcdException {
    try (EtcdServers servers =
        new EtcdServersBuilder(List.of(EtcdEndpoint.parse(etcd.endpoint()))).build()) {
      var unused =
          servers.call(
              server ->
                  new EtcdSource.KeyPages(server, new EtcdPrefix(prefix), MAX_KEYS)
                      .read(keys::add));
    }
  }

  @Test
  void asManyKeysAsThereMayBeAreRead() throws Exception {
    put(MAX_KEYS);

    read();

    assertThat(keys).hasSize(MAX_KEYS);
  }

  @Test
  void moreKeysThanThereMayBeAreAFailureThatSaysSo() {
    put(MAX_KEYS + 1);

    assertThatThrownBy(this::read)
        .isInstanceOf(EtcdException.class)
        .hasMessage(etcd.endpoint() + ": 4 keys start with it (expected: at most 3)");
    assertThat(keys).isEmpty();
  }
}
