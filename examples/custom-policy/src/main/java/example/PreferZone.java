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
 * take turns; weights are not looked at.
 */
public final class PreferZone implements Policy {

  private final String zone;
  private final Set<Candidate> near = new LinkedHashSet<>();
  private final Set<Candidate> far = new LinkedHashSet<>();

  PreferZone(String zone) {
    this.zone = zone;
  }

  @Override
  public Policy emptyCopy() {
    return new PreferZone(zone);
  }

  @Override
  public void added(Candidate candidate) {
    ring(candidate.target()).add(candidate);
  }

  @Override
  public void changed(Candidate candidate, Target before) {
    Set<Candidate> now = ring(candidate.target());
    if (now != ring(before) && ring(before).remove(candidate)) {
      now.add(candidate);
    }
  }

  @Override
  public void removed(Candidate candidate) {
    ring(candidate.target()).remove(candidate);
  }

  @Override
  public void suspended(Candidate candidate) {
    removed(candidate);
  }

  @Override
  public void resumed(Candidate candidate) {
    added(candidate);
  }

  private Set<Candidate> ring(Target target) {
    return zone.equals(target.attributes().get("zone")) ? near : far;
  }

  @Override
  public Candidate pick(Demand demand) {
    Candidate picked = next(near, demand);
    return picked != null ? picked : next(far, demand);
  }

  /** The first that is wanted, which goes to the end. */
  private static Candidate next(Set<Candidate> ring, Demand demand) {
    for (Candidate candidate : ring) {
      if (!demand.excludes(candidate.target())) {
        ring.remove(candidate);
        ring.add(candidate);
        return candidate;
      }
    }
    return null;
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
