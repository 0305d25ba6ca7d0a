package io.lbtk.standard.policy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Policy;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Creates a {@link RoundRobin}: {@code round-robin}. */
@AutoService(PolicyProvider.class)
public final class RoundRobinProvider implements PolicyProvider {

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public RoundRobinProvider() {}

  @Override
  public String name() {
    return "round-robin";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public String doc() {
    return "Each target in turn, as often as its weight.";
  }

  @Override
  public Policy create(Settings settings, Context context) {
    return RoundRobin.create();
  }
}
