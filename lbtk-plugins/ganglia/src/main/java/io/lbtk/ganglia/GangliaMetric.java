package io.lbtk.ganglia;

import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * What of a host becomes its weight, from 1 to 100. The load of a host is {@code load_one}, a mean
 * over one minute, for each of its {@code cpu_num}.
 */
public enum GangliaMetric {
  /** Nothing: every host has weight 1. */
  NONE {
    @Override
    OptionalDouble weight(Host host) {
      return OptionalDouble.of(1);
    }
  },
  /** {@code cpu_idle}, in percent. */
  CPU {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(host.metric("cpu_idle"), idle -> idle);
    }
  },
  /** 100 / (1 + load): half of an idle host's with one task for each processor, never 0. */
  LOAD {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(load(host), load -> 100 / (1 + load));
    }
  },
  /** 100 × (1 - load): what is left until all processors are busy. */
  HEADROOM {
    @Override
    OptionalDouble weight(Host host) {
      return weighed(load(host), load -> 100 * (1 - load));
    }
  };

  private static final int LEAST = 1;
  private static final int MOST = 100;

  /** The weight of a host; empty if one of the metrics that it takes is not known, or too old. */
  abstract OptionalDouble weight(Host host);

  private static OptionalDouble weighed(OptionalDouble measured, DoubleUnaryOperator formula) {
    return measured.isPresent()
        ? OptionalDouble.of(
            Math.max(LEAST, Math.min(MOST, formula.applyAsDouble(measured.getAsDouble()))))
        : measured;
  }

  private static OptionalDouble load(Host host) {
    OptionalDouble tasks = host.metric("load_one");
    OptionalDouble processors = host.metric("cpu_num");
    return tasks.isPresent() && processors.isPresent() && processors.getAsDouble() > 0
        ? OptionalDouble.of(Math.max(0, tasks.getAsDouble()) / processors.getAsDouble())
        : OptionalDouble.empty();
  }
}
