package io.lbtk.tokenport.client;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;
import io.lbtk.tokenport.protocol.Word;
import org.jspecify.annotations.Nullable;

/** A token that a generator gave, or that was declared to it. */
final class LeaseToken implements Token {

  /** Takes it back, on any thread. */
  @FunctionalInterface
  interface Owner {
    void release(LeaseToken token, Outcome outcome);
  }

  private final Target target;
  private final Owner owner;

  /** The rest belongs to the event loop. The id is null where the generator knows it by HOLD. */
  @Nullable Word id;

  boolean live;
  @Nullable LeaseToken previous;
  @Nullable LeaseToken next;

  LeaseToken(Target target, @Nullable Word id, Owner owner) {
    this.target = target;
    this.id = id;
    this.owner = owner;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public void release(Outcome outcome) {
    owner.release(this, outcome);
  }

  @Override
  public String toString() {
    return "token of " + target;
  }
}
