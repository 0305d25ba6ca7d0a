package io.lbtk.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lbtk.api.Target;
import io.lbtk.api.Ticker;
import io.lbtk.core.register.RenewingRegistrar;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A key of a target, under a lease. While the key stands as it was written, keeping it writes
 * nothing, so that nobody who watches is told of anything. Where two keep the same key, the one
 * that came later does, rather than each in turn.
 */
final class EtcdEntry implements RenewingRegistrar.Entry {

  /** A revision that no key was written at. */
  private static final long NEVER = -1;

  /** In place of a revision: the key is another's now. */
  private static final long TAKEN = -2;

  /**
   * How the key was found, or was made to be.
   *
   * @param written the revision of the cluster when this has written it last, or {@link #TAKEN}
   * @param seen the revision at which it was found so: what comes after that is to be watched for.
   *     The cluster may have forgotten long ago what came after it was written.
   */
  private record Found(long written, long seen) {}

  private final EtcdServers servers;
  private final EtcdPrefix prefix;
  private final Duration ttl;
  private final WatchBackoff watches;

  private Runnable lost = () -> {};
  private @Nullable EtcdLease lease;
  private @Nullable Target written;

  /** Of the cluster, when the key was written last. */
  private long revision = NEVER;

  /** Sees the key go. */
  private @Nullable KeyWatch watch;

  EtcdEntry(EtcdServers servers, EtcdPrefix prefix, Duration ttl, Ticker ticker) {
    this.servers = servers;
    this.prefix = prefix;
    this.ttl = ttl;
    this.watches = new WatchBackoff(WatchBackoff.FEWEST, ticker);
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
    Found found;
    try {
      found = servers.call(server -> keep(server, target));
    } catch (EtcdException e) {
      throw new EtcdException("%s at %s".formatted(key, e.getMessage()), e);
    }
    if (found.written() == TAKEN) {
      throw new EtcdException(
          key + ": kept by another registrar (expected: one of a target)", null);
    }
    revision = found.written();
    written = target;
  }

  private Found keep(EtcdServer server, Target target) {
    EtcdLease kept = lease;
    boolean isNew = kept == null || !kept.keepAlive(server);
    if (kept == null || isNew) {
      unwatch();
      kept = EtcdLease.grant(server, ttl);
      lease = kept;
    }
    boolean isWritten = !isNew && target.equals(written);
    Found found;
    try {
      found = write(server, target, kept, isWritten ? revision : NEVER);
    } catch (StatusRuntimeException e) {
      if (!EtcdProblem.isOfLostLease(e.getStatus())) {
        throw e;
      }
      // It has run out since.
      lease = EtcdLease.grant(server, ttl);
      found = write(server, target, lease, NEVER);
    }
    watch(server, target, found.seen());
    return found;
  }

  /**
   * Writes the key, unless it stands as this has written it, or another has since.
   *
   * @param own the revision at which this has written it
   */
  private Found write(EtcdServer server, Target target, EtcdLease under, long own) {
    ByteString key = prefix.key(target);
    if (own != NEVER) {
      TxnResponse found = findUnlessAt(own, server, key);
      if (found.getSucceeded()) {
        return new Found(own, found.getHeader().getRevision());
      }
      if (found.getResponses(0).getResponseRange().getKvsList().stream()
          .anyMatch(other -> other.getLease() != 0 && other.getLease() != under.id())) {
        return new Found(TAKEN, found.getHeader().getRevision());
      }
    }
    long written =
        server
            .keys()
            .put(
                PutRequest.newBuilder()
                    .setKey(key)
                    .setValue(ByteString.copyFromUtf8(target.toString()))
                    .setLease(under.id())
                    .build())
            .getHeader()
            .getRevision();
    return new Found(written, written);
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

  /**
   * Watches for the removal of the key, if it is not watched for. A server that forbids that is not
   * asked again.
   */
  private void watch(EtcdServer server, Target target, long since) {
    KeyWatch open = watch;
    if (open != null && goesOn(open, server)) {
      return;
    }
    unwatch();
    if (!isResting()) {
      watches.opened();
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

  private boolean goesOn(KeyWatch open, EtcdServer server) {
    Status broken = open.broken();
    if (broken == null) {
      watches.isUnderWay(open);
      return true;
    }
    if (EtcdProblem.isOfRefusal(broken) && open.server() == server) {
      return true;
    }
    watches.ended(open);
    return false;
  }

  private boolean isResting() {
    return watch == null && watches.rest().compareTo(Duration.ZERO) > 0;
  }

  /** While the key is not watched, since watches do not last, it is looked at instead. */
  @Override
  public Duration next(Duration interval) {
    Duration rest = watches.rest();
    return isResting() && rest.compareTo(interval) < 0 ? rest : interval;
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
