package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.Consumer;

/**
 * Reads all keys of a prefix as they were at one moment, in pages, so that no answer is too large
 * and none takes too long.
 */
final class KeyPages {

  /** So many keys of usual length take 300 MB, and twice that while they are listed again. */
  static final int MAX_KEYS = 1 << 20;

  /**
   * A server counts all keys that are left for each page, so there are to be few pages; an answer
   * that is too large for that is asked for in smaller ones.
   */
  private static final int PAGE = 50_000;

  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  private final EtcdServer server;
  private final EtcdPrefix prefix;
  private final int maxKeys;
  private int pageSize = PAGE;

  /**
   * Reads nothing yet.
   *
   * @param maxKeys how many there may be
   */
  KeyPages(EtcdServer server, EtcdPrefix prefix, int maxKeys) {
    this.server = server;
    this.prefix = prefix;
    this.maxKeys = maxKeys;
  }

  /**
   * Asks a server for what costs it nothing, but that the others have to agree: the key that is the
   * prefix itself, which is none.
   */
  static RangeResponse ask(EtcdServer server, EtcdPrefix prefix) {
    return server
        .keys()
        .range(RangeRequest.newBuilder().setKey(prefix.start()).setKeysOnly(true).build());
  }

  /**
   * Reads them.
   *
   * @param each is given them in their order
   * @return the revision of the moment
   * @throws StatusRuntimeException if a page cannot be read, or there are too many keys
   */
  long read(Consumer<KeyValue> each) {
    RangeResponse page = page(prefix.start(), 0);
    long revision = page.getHeader().getRevision();
    if (page.getCount() > maxKeys) {
      throw Status.OUT_OF_RANGE
          .withDescription(
              "%,d keys start with it (expected: at most %,d)".formatted(page.getCount(), maxKeys))
          .asRuntimeException();
    }
    page.getKvsList().forEach(each);
    while (page.getMore()) {
      ByteString last = page.getKvs(page.getKvsCount() - 1).getKey();
      page = page(last.concat(ZERO), revision);
      page.getKvsList().forEach(each);
    }
    return revision;
  }

  private RangeResponse page(ByteString from, long revision) {
    while (true) {
      try {
        return server
            .keys()
            .range(
                RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(prefix.end())
                    .setRevision(revision)
                    .setLimit(pageSize)
                    .build());
      } catch (StatusRuntimeException e) {
        if (pageSize == 1 || !EtcdProblem.isOfSize(e.getStatus())) {
          throw e;
        }
        pageSize = Math.max(1, pageSize / 8);
      }
    }
  }
}
