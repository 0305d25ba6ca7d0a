package io.lbtk.dns;

import io.lbtk.api.Target;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Name;

/** Finds the targets of a name. */
interface Lookup {

  /**
   * Result of a lookup.
   *
   * @param skipped the records and addresses that could not be used
   * @param ttlSeconds the time for which the result is valid
   */
  record Found(List<Target> targets, List<Skipped> skipped, long ttlSeconds) {}

  /**
   * A record or an address from which no target can be made.
   *
   * @param place the record: {@code SRV 0 0 80 web.example.org.}
   * @param entry the address; empty if the problem lies in the record
   * @param problem the reason, and what was expected
   */
  record Skipped(String place, String entry, String problem) {}

  /**
   * Sends all queries that are needed, and blocks until they are answered.
   *
   * @throws LookupException if an answer is unusable or missing
   */
  Found find(Name name, Queries queries) throws LookupException, InterruptedException;

  /** Returns a lookup of the addresses of a name, each of which becomes a target with this port. */
  static Lookup ofAddresses(int port) {
    return (name, queries) -> {
      Addresses addresses = Addresses.ask(name, queries).await();
      List<Target> targets = new ArrayList<>();
      List<Skipped> skipped = new ArrayList<>();
      for (InetAddress address : addresses.all()) {
        String host = address.getHostAddress();
        try {
          targets.add(Target.of(host, port));
        } catch (IllegalArgumentException e) {
          skipped.add(new Skipped("address of " + name, host, String.valueOf(e.getMessage())));
        }
      }
      return new Found(targets, skipped, addresses.ttlSeconds());
    };
  }
}
