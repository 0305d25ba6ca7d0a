package example;

import io.lbtk.api.Candidate;
import io.lbtk.api.Context;
import io.lbtk.api.Demand;
import io.lbtk.api.Option;
import io.lbtk.api.Policy;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Settings;
import io.lbtk.api.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Prefers the targets of one zone, which they name by the attribute {@code zone}: {@code
 * 10.0.0.1:80 zone=north}. Targets of other zones are used when none of this one can be had. They
 * take turns; weights are not looked at. Demands that exclude targets, as those of retries do, have
 * turns of their own.
 */
public final class PreferZone implements Policy {

  private final String zone;
  private final Rings turns = new Rings();
  private final Rings retries = new Rings();

  PreferZone(String zone) {
    this.zone = zone;
  }

  @Override
  public Policy newInstance() {
    return new PreferZone(zone);
  }

  @Override
  public void added(Candidate candidate) {
    turns.of(candidate.target()).add(candidate);
    retries.of(candidate.target()).add(candidate);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    turns.changed(candidate, before);
    retries.changed(candidate, before);
  }

  @Override
  public void removed(Candidate candidate) {
    turns.of(candidate.target()).remove(candidate);
    retries.of(candidate.target()).remove(candidate);
  }

  @Override
  public void suspended(Candidate candidate) {
    removed(candidate);
  }

  @Override
  public void resumed(Candidate candidate) {
    added(candidate);
  }

  @Override
  public Candidate pick(Demand demand) {
    return (demand.excluded().isEmpty() ? turns : retries).next(demand);
  }

  /** One order of the candidates. */
  private final class Rings {

    private final Set<Candidate> near = new LinkedHashSet<>();
    private final Set<Candidate> far = new LinkedHashSet<>();

    Set<Candidate> of(Target target) {
      return zone.equals(target.attributes().get("zone")) ? near : far;
    }

    void changed(Candidate candidate, Target before) {
      Set<Candidate> now = of(candidate.target());
      if (now != of(before) && of(before).remove(candidate)) {
        now.add(candidate);
      }
    }

    Candidate next(Demand demand) {
      Candidate picked = next(near, demand);
      return picked != null ? picked : next(far, demand);
    }

    /** Returns the first that is wanted, and puts it at the end. */
    private Candidate next(Set<Candidate> ring, Demand demand) {
      for (Candidate candidate : ring) {
        if (!demand.excludes(candidate.target())) {
          ring.remove(candidate);
          ring.add(candidate);
          return candidate;
        }
      }
      return null;
    }
  }

  /** What the launcher finds: {@code policy.NAME.type = prefer-zone}. */
  public static final class Provider implements PolicyProvider {

    private static final Option<String> ZONE =
        Option.string("zone").required().doc("The zone to prefer.");

    /** Called by ServiceLoader. */
    public Provider() {}

    @Override
    public String name() {
      return "prefer-zone";
    }

    @Override
    public String doc() {
      return "Prefers the targets of one zone.";
    }

    @Override
    public List<Option<?>> options() {
      return List.of(ZONE);
    }

    @Override
    public Policy create(Settings settings, Context context) {
      return new PreferZone(settings.get(ZONE));
    }
  }
}
