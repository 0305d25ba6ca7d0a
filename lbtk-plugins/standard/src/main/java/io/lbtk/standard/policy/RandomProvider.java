package io.lbtk.standard.policy;

import com.google.auto.service.AutoService;
import io.lbtk.api.Context;
import io.lbtk.api.Option;
import io.lbtk.api.Policy;
import io.lbtk.api.PolicyProvider;
import io.lbtk.api.Settings;
import java.util.List;

/** Creates a {@link RandomPolicy}: {@code random}. */
@AutoService(PolicyProvider.class)
public final class RandomProvider implements PolicyProvider {

  /** Creates the provider. Called by {@link java.util.ServiceLoader}. */
  public RandomProvider() {}

  @Override
  public String name() {
    return "random";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public String doc() {
    return "Any target, with a probability proportional to its weight.";
  }

  @Override
  public Policy create(Settings settings, Context context) {
    return RandomPolicy.create();
  }
}
