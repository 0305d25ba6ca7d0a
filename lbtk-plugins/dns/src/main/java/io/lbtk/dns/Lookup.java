package io.lbtk.dns;

import io.lbtk.api.Target;
import java.util.List;
import org.xbill.DNS.Name;

/** How the targets of a name are found. */
interface Lookup {

  /**
   * What was found.
   *
   * @param skipped what should have led to a target, and did not
   * @param ttlSeconds for how long that holds
   */
  record Found(List<Target> targets, List<Skipped> skipped, long ttlSeconds) {}

  /**
   * A record, or an address, that is no target.
   *
   * @param place the record: {@code SRV 0 0 80 web.example.org.}
   * @param entry the address, or the host that has none
   * @param problem what is wrong with it, and what was expected
   */
  record Skipped(String place, String entry, String problem) {}

  /**
   * Asks for all that is needed; blocks.
   *
   * @throws LookupException if an answer cannot be used, or does not come
   */
  Found find(Name name, Questions questions) throws LookupException, InterruptedException;
}
