package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.StatusRuntimeException;
import io.lbtk.api.Target;
import io.lbtk.core.register.KeptRegistrar;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A key of a target, under a lease. While the key stands as it was written, keeping it writes
 * nothing, so that nobody who watches is told of anything. Where two keep the same key, the one
 * that came later does, rather than each in turn.
 */
final class EtcdEntry implements KeptRegistrar.Entry {

  /** A revision that no key was written at. */
  private static final long NEVER = -1;

  /** In place of a revision: the key is another's now. */
  private static final long TAKEN = -2;

  private final EtcdServers servers;
  private final EtcdPrefix prefix;
  private final Duration ttl;

  private Runnable lost = () -> {};
  private @Nullable EtcdLease lease;
  private @Nullable Target written;

  /** Of the cluster, when the key was written last. */
  private long revision = NEVER;

  /** Sees the key go. */
  private @Nullable KeyWatch watch;

  EtcdEntry(EtcdServers servers, EtcdPrefix prefix, Duration ttl) {
    this.servers = servers;
    this.prefix = prefix;
    this.ttl = ttl;
  }

  @Override
  public String place() {
    return "%s at %s".formatted(prefix, servers);
  }

  @Override
  public void watch(Runnable lost) {
    this.lost = lost;
  }

  @Override
  public void keep(Target target) throws EtcdException {
    if (written != null && !written.hostPort().equals(target.hostPort())) {
      remove();
    }
    String key = prefix.key(target).toStringUtf8();
    long now;
    try {
      now = servers.call(server -> keep(server, target));
    } catch (EtcdException e) {
      throw new EtcdException("%s at %s".formatted(key, e.getMessage()), e);
    }
    if (now == TAKEN) {
      throw new EtcdException(
          key + ": kept by another registrar (expected: one of a target)", null);
    }
    revision = now;
    written = target;
  }

  /** Gives the revision of the cluster when the key was written last, or {@link #TAKEN}. */
  private long keep(EtcdServer server, Target target) {
    EtcdLease kept = lease;
    boolean isNew = kept == null || !kept.keepAlive(server);
    if (kept == null || isNew) {
      unwatch();
      kept = EtcdLease.grant(server, ttl);
      lease = kept;
    }
    boolean isWritten = !isNew && target.equals(written);
    long now;
    try {
      now = write(server, target, kept, isWritten ? revision : NEVER);
    } catch (StatusRuntimeException e) {
      if (!EtcdProblem.isOfLostLease(e.getStatus())) {
        throw e;
      }
      // It has run out since.
      lease = EtcdLease.grant(server, ttl);
      now = write(server, target, lease, NEVER);
    }
    watch(server, target, Math.max(now, revision));
    return now;
  }

  /**
   * Writes the key, unless it stands as this has written it, or another has since.
   *
   * @param own the revision at which this has written it
   * @return the revision at which it was written, or {@link #TAKEN}
   */
  private long write(EtcdServer server, Target target, EtcdLease under, long own) {
    ByteString key = prefix.key(target);
    if (own != NEVER) {
      TxnResponse found = findUnlessAt(own, server, key);
      if (found.getSucceeded()) {
        return own;
      }
      if (found.getResponses(0).getResponseRange().getKvsList().stream()
          .anyMatch(other -> other.getLease() != 0 && other.getLease() != under.id())) {
        return TAKEN;
      }
    }
    return server
        .keys()
        .put(
            PutRequest.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFromUtf8(target.toString()))
                .setLease(under.id())
                .build())
        .getHeader()
        .getRevision();
  }

  /** Succeeds where the key was written last at this revision; else it gives what stands there. */
  private static TxnResponse findUnlessAt(long revision, EtcdServer server, ByteString key) {
    return server
        .keys()
        .txn(
            TxnRequest.newBuilder()
                .addCompare(
                    Compare.newBuilder()
                        .setKey(key)
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(revision))
                .addFailure(
                    RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build());
  }

  /** Watches for the removal of the key; a server that forbids that is not asked again. */
  private void watch(EtcdServer server, Target target, long since) {
    KeyWatch open = watch;
    if (open == null || (open.broken() != null && open.hasBegun())) {
      unwatch();
      watch =
          KeyWatch.open(
              server,
              WatchCreateRequest.newBuilder()
                  .setKey(prefix.key(target))
                  .addFilters(WatchCreateRequest.FilterType.NOPUT),
              since,
              lost);
    }
  }

  private void unwatch() {
    KeyWatch open = watch;
    watch = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void remove() throws EtcdException {
    unwatch();
    EtcdLease kept = lease;
    if (kept == null) {
      return;
    }
    try {
      servers.call(
          server -> {
            kept.revoke(server);
            return kept;
          });
    } catch (EtcdException e) {
      throw new EtcdException("%s%s at %s".formatted(prefix, name(), e.getMessage()), e);
    }
    lease = null;
    written = null;
  }

  private String name() {
    return written == null ? "" : written.hostPort();
  }

  @Override
  public void close() {
    unwatch();
    servers.close();
  }
}
