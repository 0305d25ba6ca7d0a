package io.lbtk.core;

import io.lbtk.api.Outcome;
import io.lbtk.api.Target;
import io.lbtk.api.Token;

/** A token of a generator. */
final class GeneratorToken implements Token {

  private final Generator generator;
  private final TableEntry entry;
  private final Target target;

  /** Guarded by the generator's lock. */
  private boolean released;

  GeneratorToken(Generator generator, TableEntry entry) {
    this.generator = generator;
    this.entry = entry;
    this.target = entry.target();
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public void release(Outcome outcome) {
    generator.release(this, outcome);
  }

  TableEntry entry() {
    return entry;
  }

  /** Whether this is the first release. Called with the generator's lock held. */
  boolean markReleased() {
    boolean first = !released;
    released = true;
    return first;
  }
}
